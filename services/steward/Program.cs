using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using ReleaseIntegrity.AllInOne.CommandLine;
using ReleaseIntegrity.Steward.CommandLine;
using ReleaseIntegrity.Steward.Commands;

namespace ReleaseIntegrity.Steward;

/// <summary>The steward's command line: a client of the handoff like any other.</summary>
internal static class Program
{
    private const string Notes = """
        Start with:
          steward login --data-folder DIR      beside an embedded server
          steward packages list --state prepared
          steward packages show TUPLE
        Every command has a --help with its role, examples and exit codes.

        Environment:
          STEWARD_SERVER, STEWARD_TOKEN_FILE   server and token file, where no option says them
          NO_COLOR                             no colour

        """;

    /// <summary>Runs a command; the result is the process's exit code.</summary>
    public static Task<int> Main(string[] args)
    {
        Console.OutputEncoding = System.Text.Encoding.UTF8;
        return RunAsync(args, Surroundings.OfProcess(), new InvocationConfiguration());
    }

    /// <summary>Runs a command in surroundings of the caller's, with its output elsewhere.</summary>
    internal static async Task<int> RunAsync(string[] args, Surroundings around, InvocationConfiguration configuration, CancellationToken cancellationToken = default)
    {
        var set = new CommandSet(around);
        var root = new RootCommand("The steward's command line: ledgers, holds and correction packages, and decisions on them.")
        {
            PackagesCommand.Create(set), LedgerCommand.Create(set), ReleaseCommand.Create(set), HoldsCommand.Create(set),
            DecideCommand.Create(set), RollbackCommand.Create(set), RevealCommand.Create(set), AuditCommand.Create(set),
            ReportCommand.Create(set), RebuildCommand.Create(set), LoginCommand.Create(set), CompletionCommand.Create(set),
        };
        GlobalOptions.AddTo(root);
        set.Notes[root] = Notes + ExitCodes.Notes;
        HelpWithExamples.AddTo(root, set.Notes);

        ParseResult parsed = root.Parse(args);
        if (parsed.Action is not ParseErrorAction)
        {
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }

        foreach (ParseError problem in parsed.Errors)
        {
            await configuration.Error.WriteLineAsync(problem.Message);
        }

        await configuration.Error.WriteLineAsync($"see: {PathOf(parsed.CommandResult)} --help");
        return ExitCodes.BadUsage;
    }

    private static string PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : "steward";
}
