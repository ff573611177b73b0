using System.IO.Enumeration;

namespace ReleaseIntegrity.AllInOne.Offline.Input;

/// <summary>One file of the input.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Format">What its folders name as its format; null for a file of lines, each of which names its own.</param>
internal sealed record InputFile(string Path, string? Format)
{
    /// <summary>The file's own name: what reasons and messages say, the same on every machine.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The file holds one notification per line.</summary>
    public bool IsLines => Format is null;
}

/// <summary>Finds the files of the input.</summary>
internal static class InputFiles
{
    private const string LinesSuffix = ".ndjson";
    private const int MaxDepth = 32;

    /// <summary>
    /// The files of folders and the files named, in ordinal order. Hidden files and folders, links to folders and what lies
    /// in <paramref name="except"/> (the folder that is written) are left out.
    /// </summary>
    /// <exception cref="UsageException">An input that isn't there.</exception>
    public static IReadOnlyList<InputFile> Find(IReadOnlyList<string> inputs, string except, FormatTable formats)
    {
        string excluded = Path.TrimEndingDirectorySeparator(Path.GetFullPath(except)) + Path.DirectorySeparatorChar;
        var files = new List<InputFile>();
        foreach (string input in inputs)
        {
            string path = Path.GetFullPath(input);
            if (File.Exists(path))
            {
                files.Add(Describe(path, formats));
            }
            else if (Directory.Exists(path))
            {
                files.AddRange(Walk(path)
                    .Where(f => !f.StartsWith(excluded, StringComparison.Ordinal))
                    .Order(StringComparer.Ordinal)
                    .Select(f => Describe(f, formats)));
            }
            else
            {
                throw new UsageException($"the input '{input}' is neither a file nor a folder");
            }
        }

        return files;
    }

    private static InputFile Describe(string path, FormatTable formats) =>
        new(path, path.EndsWith(LinesSuffix, StringComparison.OrdinalIgnoreCase) ? null : formats.NameOf(path));

    private static FileSystemEnumerable<string> Walk(string folder) => new(
        folder,
        (ref FileSystemEntry entry) => entry.ToFullPath(),
        new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = MaxDepth,
            IgnoreInaccessible = false,
            AttributesToSkip = FileAttributes.None,
        })
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && !IsHidden(ref entry),

        // A link to a folder above would never end.
        ShouldRecursePredicate = (ref FileSystemEntry entry) =>
            !IsHidden(ref entry) && (entry.Attributes & FileAttributes.ReparsePoint) == 0,
    };

    private static bool IsHidden(ref FileSystemEntry entry) =>
        entry.FileName.StartsWith(".", StringComparison.Ordinal) || (entry.Attributes & FileAttributes.Hidden) != 0;
}
