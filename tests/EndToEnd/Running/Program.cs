using System.Diagnostics;
using System.Reflection;

namespace ReleaseIntegrity.Tests.EndToEnd.Running;

/// <summary>The program that a user runs, as it was built.</summary>
internal static class Program
{
    /// <summary>The repository's root: where the solution lies.</summary>
    public static string Root { get; } = FindRoot();

    private static readonly string Assembly = Path.Combine(
        Root,
        typeof(Program).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(m => m.Key == "Program").Value!);

    /// <summary>How to start it with some arguments; its streams are read by whoever starts it.</summary>
    public static ProcessStartInfo Start(params string[] arguments) =>
        new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Assembly, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

    /// <summary>Runs it to its end.</summary>
    public static Task<Outcome> RunAsync(TimeSpan limit, params string[] arguments) => Outcome.OfAsync(Start(arguments), limit);

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

/// <summary>How a command ended.</summary>
internal sealed record Outcome(int Code, string Output, string Error)
{
    /// <summary>Runs a command to its end; one that takes longer than the limit is killed and fails the test.</summary>
    public static async Task<Outcome> OfAsync(ProcessStartInfo start, TimeSpan limit)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var child = new Child(start);
        Task<string> output = child.Process.StandardOutput.ReadToEndAsync();
        Task<string> error = child.Process.StandardError.ReadToEndAsync();
        try
        {
            await child.Process.WaitForExitAsync().WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            child.Kill();
            Assert.Fail($"{start.FileName} {string.Join(' ', start.ArgumentList)} took longer than {limit.TotalSeconds:0} s\n{await output}\n{await error}");
        }

        return new Outcome(child.Process.ExitCode, await output, await error);
    }
}
