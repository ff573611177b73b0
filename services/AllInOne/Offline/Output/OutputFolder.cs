using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts.Documents;

namespace ReleaseIntegrity.AllInOne.Offline.Output;

/// <summary>
/// The folder that <c>reconcile</c> writes: <c>summary.json</c>, <c>items.ndjson</c>, <c>ledgers/</c> and <c>packages/</c>. A
/// result of an earlier run is replaced; a folder with anything else in it is left alone. The summary comes last, so a folder
/// without one holds a run that was broken off.
/// </summary>
internal sealed class OutputFolder
{
    private const string Summary = "summary.json";
    private const string Items = "items.ndjson";
    private const string Ledgers = "ledgers";
    private const string Packages = "packages";

    private readonly string _path;

    private OutputFolder(string path) => _path = path;

    /// <summary>Opens the folder, empty.</summary>
    /// <exception cref="UsageException">It holds something that no earlier run wrote, or can't be written.</exception>
    public static OutputFolder Open(string path)
    {
        string full = Path.GetFullPath(path);
        if (File.Exists(full))
        {
            throw new UsageException($"--out '{path}' is a file; name a folder");
        }

        try
        {
            if (Directory.Exists(full))
            {
                RefuseForeign(full, path);
                Clear(full);
            }

            Directory.CreateDirectory(Path.Combine(full, Ledgers));
            Directory.CreateDirectory(Path.Combine(full, Packages));
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--out '{path}' can't be written: {bad.Message}");
        }

        return new OutputFolder(full);
    }

    /// <summary>The file of items, to be written line by line.</summary>
    public Stream CreateItems() => new FileStream(
        Path.Combine(_path, Items), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 20);

    /// <summary>Writes a ledger's document. Safe for concurrent use.</summary>
    public void WriteLedger(string tupleId, JsonNode document) => Write(Path.Combine(Ledgers, tupleId + ".json"), document);

    /// <summary>Writes a package's document. Safe for concurrent use.</summary>
    public void WritePackage(string tupleId, JsonNode document) => Write(Path.Combine(Packages, tupleId + ".json"), document);

    /// <summary>Writes the summary: the run is complete.</summary>
    public void WriteSummary(JsonNode document) => Write(Summary, document);

    private void Write(string name, JsonNode document) =>
        File.WriteAllBytes(Path.Combine(_path, name), CanonicalJson.Bytes(document));

    private static void RefuseForeign(string full, string path)
    {
        string? foreign = Directory.EnumerateFileSystemEntries(full)
            .Where(e => !IsOurs(Path.GetFileName(e), Directory.Exists(e)))
            .Concat(new[] { Ledgers, Packages }
                .Select(f => Path.Combine(full, f))
                .Where(Directory.Exists)
                .SelectMany(Directory.EnumerateFileSystemEntries)
                .Where(e => Directory.Exists(e) || !IsDocument(Path.GetFileName(e))))
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
        if (foreign is not null)
        {
            throw new UsageException(
                $"--out '{path}' holds '{Path.GetRelativePath(full, foreign)}', which no earlier run wrote; name a new or empty folder, or one that this command wrote before");
        }
    }

    private static bool IsOurs(string name, bool folder) => folder ? name is Ledgers or Packages : name is Summary or Items;

    private static bool IsDocument(string name) =>
        name.Length == 37 && name.EndsWith(".json", StringComparison.Ordinal) && name[..32].All(char.IsAsciiHexDigitLower);

    private static void Clear(string full)
    {
        // The summary first: from now on the folder holds no complete run.
        File.Delete(Path.Combine(full, Summary));
        File.Delete(Path.Combine(full, Items));
        foreach (string folder in new[] { Ledgers, Packages }.Select(f => Path.Combine(full, f)).Where(Directory.Exists))
        {
            foreach (string document in Directory.EnumerateFiles(folder))
            {
                File.Delete(document);
            }
        }
    }
}
