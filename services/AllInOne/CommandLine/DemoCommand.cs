using System.CommandLine;
using ReleaseIntegrity.AllInOne.Demo;
using ReleaseIntegrity.AllInOne.Offline;

namespace ReleaseIntegrity.AllInOne.CommandLine;

/// <summary><c>demo</c>: the scenario, played through the real endpoints of a process that serves everything.</summary>
internal static class DemoCommand
{
    private static readonly Option<bool> Exit = new("--exit")
    {
        Description = "End when the scenario is over, instead of serving on.",
    };

    /// <summary>What the generated help can't say.</summary>
    public const string Notes = """
        Needs nothing but itself: it starts every service on a fresh folder and free ports of this machine, sends four
        notifications in the four sources' own formats, waits for the correction package over gRPC and prints it; then
        the registry promotes the other digest, and it prints the package that supersedes the first. All of it is masked,
        as stewards see it. The notifications lie in services/AllInOne/Demo/Scenario.

        Exit codes:
          0  played     1  the packages didn't come

        Examples:
          demo
          demo --exit
        """;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("demo", "Play a release whose four records disagree, and see what comes of it.") { Exit };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            await DemoRun.PlayAsync(parsed.InvocationConfiguration.Output, serveOn: !parsed.GetValue(Exit), cancellationToken);
            return ExitCodes.Done;
        }
        catch (Exception bad) when (bad is DemoException or UsageException)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(bad.Message);
            return ExitCodes.Failed;
        }
    }
}
