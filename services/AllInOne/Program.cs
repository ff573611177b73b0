using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using ReleaseIntegrity.AllInOne.CommandLine;
using ReleaseIntegrity.AllInOne.Hosting;
using ReleaseIntegrity.Collectors.Hosting.Operating.Commands;

namespace ReleaseIntegrity.AllInOne;

/// <summary>The whole product in one process, and its offline form.</summary>
internal static class Program
{
    private const string Notes = """
        Start with:
          dotnet run --project services/AllInOne -- demo
        Every command has a --help with examples.
        """;

    /// <summary>Runs a command; the result is the process's exit code.</summary>
    public static int Main(string[] args) => Run(args, new InvocationConfiguration());

    /// <summary>Runs a command with its output elsewhere.</summary>
    internal static int Run(string[] args, InvocationConfiguration configuration)
    {
        Command demo = DemoCommand.Create();
        Command serve = ServeCommand.Create();
        Command token = TokenCommand.Create();
        Command doctor = DoctorCommand.Create();
        Command reconcile = ReconcileCommand.Create();
        Command evaluate = EvaluateCommand.Create();
        Command mapping = MappingCommand.Create(out Command mappingTest);
        IReadOnlyList<Command> operating = new OperatingCommands(ServeRequest.DefaultUrl, severalSources: true).Create();
        var root = new RootCommand("Release Integrity: one trusted current record per released artifact, from what four systems say about it.")
        {
            demo, serve, token, doctor, reconcile, evaluate, mapping,
        };
        foreach (Command one in operating)
        {
            root.Add(one);
        }

        HelpWithExamples.AddTo(root, new Dictionary<Command, string>
        {
            [root] = Notes,
            [demo] = DemoCommand.Notes,
            [serve] = ServeCommand.Notes,
            [token] = TokenCommand.Notes,
            [doctor] = DoctorCommand.Notes,
            [reconcile] = ReconcileCommand.Notes,
            [evaluate] = EvaluateCommand.Notes,
            [mappingTest] = MappingCommand.Notes,
            [operating[0]] = OperatingCommands.Notes,
            [operating[1]] = OperatingCommands.Notes,
        });

        ParseResult parsed = root.Parse(args);
        if (parsed.Action is not ParseErrorAction)
        {
            return parsed.Invoke(configuration);
        }

        foreach (ParseError problem in parsed.Errors)
        {
            configuration.Error.WriteLine(problem.Message);
        }

        string command = parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
        configuration.Error.WriteLine($"see: {command}--help");
        return ExitCodes.BadUsage;
    }
}
