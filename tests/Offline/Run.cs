using System.CommandLine;
using System.Text.Json.Nodes;

namespace ReleaseIntegrity.Tests.Offline;

/// <summary>One run of the command within the test's process, and what it left.</summary>
internal sealed record Run(int Code, string Output, string Error, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>Runs <c>reconcile … --out DIR</c>.</summary>
    public static Run Reconcile(string folder, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = AllInOne.Program.Run(
            ["reconcile", .. arguments, "--out", folder], new InvocationConfiguration { Output = output, Error = error });
        return new Run(code, output.ToString(), error.ToString(), FilesOf(folder));
    }

    /// <summary>Every file below a folder, by its relative path.</summary>
    public static IReadOnlyDictionary<string, string> FilesOf(string folder) => !Directory.Exists(folder) ? new Dictionary<string, string>() : Directory
        .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .ToDictionary(f => Path.GetRelativePath(folder, f).Replace('\\', '/'), File.ReadAllText, StringComparer.Ordinal);

    /// <summary>The figures of the run.</summary>
    public JsonObject Summary => JsonNode.Parse(Files["summary.json"])!.AsObject();

    /// <summary>Ledgers and packages.</summary>
    public IReadOnlyDictionary<string, string> Documents => Files
        .Where(f => f.Key.StartsWith("ledgers/", StringComparison.Ordinal) || f.Key.StartsWith("packages/", StringComparison.Ordinal))
        .ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal);

    /// <summary>The items, in order.</summary>
    public IReadOnlyList<JsonObject> Items =>
        [.. Files["items.ndjson"].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!.AsObject())];

    /// <summary>The only ledger.</summary>
    public JsonObject Ledger => JsonNode.Parse(Files.Single(f => f.Key.StartsWith("ledgers/", StringComparison.Ordinal)).Value)!.AsObject();

    /// <summary>The only package.</summary>
    public JsonObject Package => JsonNode.Parse(Files.Single(f => f.Key.StartsWith("packages/", StringComparison.Ordinal)).Value)!.AsObject();

    /// <summary>A figure of the summary.</summary>
    public long Count(string name) => Summary[name]!.GetValue<long>();

    /// <summary>A field of the only ledger.</summary>
    public JsonObject Field(string name) => Ledger["fields"]!.AsArray().Single(f => f!["field"]!.GetValue<string>() == name)!.AsObject();
}
