namespace ReleaseIntegrity.Tests.Normalisation;

/// <summary>
/// Real payloads from the projects that define the formats. They lie outside the repository: beside it in
/// <c>shared/samples</c>, or where <c>RELEASE_INTEGRITY_SAMPLES</c> says. Tests over them are skipped where they are not.
/// </summary>
internal static class Samples
{
    private static readonly Lazy<string?> Folder = new(Find);

    /// <summary>The folder, or the test is skipped with the reason.</summary>
    public static string Root()
    {
        Assert.SkipUnless(Folder.Value is not null, "no sample payloads: set RELEASE_INTEGRITY_SAMPLES or put them in ../shared/samples");
        return Folder.Value!;
    }

    /// <summary>The files below a folder of the samples, in ordinal order, as paths relative to the samples with <c>/</c>.</summary>
    public static IReadOnlyList<string> Files(string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(Root(), folder), "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Root(), f).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    /// <summary>One sample as a notification.</summary>
    public static Notification Notification(string file, Source source, string format, string? instance = null) =>
        Make.Bytes(File.ReadAllBytes(Path.Combine(Root(), file)), source, format, instance);

    /// <summary>The rows of a table of expected values, the header row left out.</summary>
    public static IReadOnlyList<string[]> Table(string name) =>
        [.. File.ReadLines(Path.Combine(Root(), name)).Skip(1).Select(line => line.Split('\t'))];

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("RELEASE_INTEGRITY_SAMPLES") is { Length: > 0 } stated)
        {
            return Directory.Exists(stated) ? stated : null;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "samples");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
