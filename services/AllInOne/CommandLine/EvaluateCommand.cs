using System.CommandLine;
using System.CommandLine.Parsing;
using ReleaseIntegrity.AllInOne.Evaluating;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;
using ReleaseIntegrity.Worlds;

namespace ReleaseIntegrity.AllInOne.CommandLine;

/// <summary><c>evaluate</c>: generated worlds with known truth through the engine, and how it did.</summary>
internal static class EvaluateCommand
{
    private const int MostWorlds = 10_000_000;

    private static readonly Option<string> Out = new("--out", "-o")
    {
        Description = "The folder to write: evaluation.json and evaluation.html. Earlier ones are replaced.",
        HelpName = "DIR",
        Required = true,
    };

    private static readonly Option<int> Worlds = new("--worlds", "-n")
    {
        Description = "How many worlds.",
        HelpName = "N",
        DefaultValueFactory = _ => 1000,
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "The first world's seed; the others have the following numbers.",
        HelpName = "S",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> Orders = new("--orders")
    {
        Description = "In how many orders besides its own each world's notifications are taken.",
        HelpName = "N",
        DefaultValueFactory = _ => 3,
    };

    private static readonly Option<string?> PolicyPath = new("--policy", "-p")
    {
        Description = "The policy file. Default: the shipped policy, which is what the truth's steward goes by.",
        HelpName = "FILE",
    };

    private static readonly Option<Drift[]> Drifts = new("--drift")
    {
        Description = "What may drift apart; several, or none. Default: everything.",
        HelpName = "DRIFT",
        AllowMultipleArgumentsPerToken = true,
        CustomParser = ParseDrifts,
    };

    /// <summary>What the generated help can't say.</summary>
    public static string Notes => $"""
        Each world is a made-up organisation whose registry, ledger, change system and clusters tell of its releases in
        their own formats, and mostly of something that went wrong. What is true is known, so that the report can say:
          time to ledger   from the first conflicting notification to the ledger that shows it, and to the package
          agreement        field by field, with what a perfect steward accepts, waits for or refuses
          conflicts        held, decided by a named rule, or overwritten silently (counted by a pass of its own)
          reliability      ledgers and packages that came of the same notifications in other orders: 1 is right
        The same seed gives the same figures, times of this machine apart.

        Drifts:
          none, {string.Join(", ", Enum.GetValues<Drift>().Select(WireNames.Of))}

        Exit codes:
          0  done      1  something was overwritten silently, or another order gave another result      2  bad usage or policy

        Examples:
          evaluate --out evaluation
          evaluate --worlds 50 --seed 7 --drift lagging-registry copied-fingerprint --out evaluation
          evaluate --policy our-policy.yaml --out evaluation
        """;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("evaluate", "Generated releases with known truth through the engine: how it does, as a table, JSON and a page.")
        {
            Out, Worlds, Seed, Orders, PolicyPath, Drifts,
        };
        command.Validators.Add(result =>
        {
            Bound(result, Worlds, 1, MostWorlds);
            Bound(result, Orders, 0, 1000);
        });
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        TextWriter error = parsed.InvocationConfiguration.Error;
        TextWriter output = parsed.InvocationConfiguration.Output;
        PolicyResult policy = parsed.GetValue(PolicyPath) is { } path ? PolicyFile.Load(path) : new PolicyResult.Loaded(PolicyFile.Default());
        if (policy is not PolicyResult.Loaded { Policy: { } rules })
        {
            error.WriteLine(policy);
            return ExitCodes.BadUsage;
        }

        var options = new WorldOptions();
        var request = new EvaluationRequest
        {
            Worlds = parsed.GetValue(Worlds),
            Seed = parsed.GetValue(Seed),
            Orders = parsed.GetValue(Orders),
            Options = parsed.GetResult(Drifts) is null ? options : options with { Drifts = parsed.GetValue(Drifts)!.ToHashSet() },
        };
        string folder = parsed.GetValue(Out)!;
        try
        {
            Directory.CreateDirectory(folder);
            EvaluationReport report;
            using (var progress = new TerminalProgress(error))
            {
                report = new EvaluationReport(Evaluation.Run(request, rules, Reconciler.Reconcile, progress));
            }

            EvaluationOutput.Write(report, request, rules, folder);
            EvaluationTable.Write(report, output);
            output.WriteLine($"written: {folder}");
            return report.Overwrites.Count == 0 && report.Unreliable == 0 ? ExitCodes.Done : ExitCodes.Failed;
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException)
        {
            error.WriteLine(bad.Message);
            return ExitCodes.Failed;
        }
    }

    private static void Bound(CommandResult result, Option<int> option, int least, int most)
    {
        if (result.GetResult(option) is { Errors: { } errors } given && !errors.Any() && (given.GetValueOrDefault<int>() < least || given.GetValueOrDefault<int>() > most))
        {
            result.AddError($"{option.Name} must be from {least} to {most}");
        }
    }

    private static Drift[] ParseDrifts(ArgumentResult argument)
    {
        var drifts = new List<Drift>();
        foreach (Token token in argument.Tokens.Where(t => t.Value != "none"))
        {
            if (WireNames.TryParse(token.Value, out Drift drift))
            {
                drifts.Add(drift);
            }
            else
            {
                argument.AddError($"--drift '{token.Value}' is none of: none, {string.Join(", ", WireNames.All<Drift>())}");
            }
        }

        return [.. drifts];
    }
}
