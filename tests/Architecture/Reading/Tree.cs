using System.Diagnostics;

namespace ReleaseIntegrity.Tests.Architecture.Reading;

/// <summary>The repository's files as they lie on disk; paths are relative to its root, with forward slashes.</summary>
internal static class Tree
{
    public const string Solution = "Microservices.sln";

    private static readonly string[] BuildOutput = ["bin", "obj", ".git", ".vs", "TestResults", "artifacts"];

    /// <summary>The folder of the solution, found upwards from the test's own folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>What belongs to the repository: what git tracks or would track; without git, all but build output.</summary>
    public static IReadOnlyList<string> Files { get; } = List();

    /// <summary>The C# projects of the repository.</summary>
    public static IEnumerable<string> Projects => Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal));

    public static string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Solution)))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no {Solution} above {AppContext.BaseDirectory}");
    }

    private static IReadOnlyList<string> List()
    {
        IEnumerable<string> files = FromGit() ?? Directory
            .EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/'))
            .Where(f => !f.Split('/').Any(part => BuildOutput.Contains(part)));

        // git lists a file that was deleted and not yet committed, too.
        return [.. files.Where(f => File.Exists(Path.Combine(Root, f))).Order(StringComparer.Ordinal)];
    }

    private static string[]? FromGit()
    {
        if (!Path.Exists(Path.Combine(Root, ".git")))
        {
            return null;
        }

        var start = new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        };
        try
        {
            using Process git = Process.Start(start)!;
            string[] files = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
            git.WaitForExit();
            return git.ExitCode == 0 ? files : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
