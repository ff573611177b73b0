using System.Diagnostics;
using System.Reflection;

namespace ReleaseIntegrity.Tests.Running;

/// <summary>A program that a user runs, as it was built: in the folder of its project, named like its assembly.</summary>
/// <param name="folder">The project's folder, from the repository's root.</param>
/// <param name="assembly">The assembly.</param>
public sealed class Program(string folder, string assembly)
{
    private static readonly string Output =
        typeof(Program).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(m => m.Key == "Output").Value!;

    /// <summary>The repository's root: where the solution lies.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every service in one process, the demo and the offline command.</summary>
    public static Program AllInOne { get; } = new("services/AllInOne", "ReleaseIntegrity.AllInOne");

    /// <summary>The steward's command line.</summary>
    public static Program Steward { get; } = new("services/steward", "ReleaseIntegrity.Steward");

    /// <summary>How to start it with some arguments; its streams are read by whoever starts it.</summary>
    public ProcessStartInfo Start(params IEnumerable<string> arguments) =>
        new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Path.Combine(Root, folder, Output, $"{assembly}.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

    /// <summary>Runs it to its end.</summary>
    public Task<Outcome> RunAsync(TimeSpan limit, params IEnumerable<string> arguments) => Outcome.OfAsync(Start(arguments), limit);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Microservices.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no solution above {AppContext.BaseDirectory}");
    }
}
