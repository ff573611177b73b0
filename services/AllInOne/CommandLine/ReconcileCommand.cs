using System.CommandLine;
using System.CommandLine.Parsing;
using ReleaseIntegrity.AllInOne.Offline;
using ReleaseIntegrity.AllInOne.Offline.Input;
using ReleaseIntegrity.AllInOne.Offline.Output;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.AllInOne.CommandLine;

/// <summary><c>reconcile</c>: files in, ledgers and packages out, without a server.</summary>
internal static class ReconcileCommand
{
    private static readonly Argument<string[]> Inputs = new("INPUT")
    {
        Description = "Folders and files of notifications (see below).",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Out = new("--out", "-o")
    {
        Description = "The folder to write. An earlier result in it is replaced; a folder with anything else in it is refused.",
        HelpName = "DIR",
        Required = true,
    };

    private static readonly Option<string?> PolicyFile = new("--policy", "-p")
    {
        Description = "The policy file. Default: the shipped policy, services/reconciler/Policies/default-policy.yaml.",
        HelpName = "FILE",
    };

    private static readonly Option<DateTimeOffset?> AsOf = new("--as-of")
    {
        Description = "The instant of the evaluation, e.g. 2026-03-22T12:00:00Z. What was received later is left out. Default: the greatest receivedAt, else the greatest source time.",
        HelpName = "INSTANT",
        CustomParser = ParseInstant,
    };

    private static readonly Option<int?> Shuffle = new("--shuffle")
    {
        Description = "Take the deliveries in an order drawn from this number. The result is the same for each.",
        HelpName = "SEED",
    };

    private static readonly Option<bool> Reveal = new("--reveal")
    {
        Description = "Write digests, repository paths, cluster names, fingerprints and free text as they are.",
    };

    private static readonly Option<string?> MaskKey = new("--mask-key")
    {
        Description = "The key under which values become tokens (make one: openssl rand -hex 32 > key). Default: a published key, fit for looking, not for sharing.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> Strict = new("--strict")
    {
        Description = "End with 3 where anything was rejected.",
    };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Print summary.json instead of a table.",
    };

    /// <summary>What the generated help can't say.</summary>
    public static string Notes => $$$"""
        Input:
          A folder      every file in it is one notification, whose format is the name of the file's folder:
                        in/harbor/push.json. Where several sources speak a format, the source stands above it:
                        in/runtime-validation/cloudevents/pod.json. Hidden files are passed over; so are unknown
                        formats, with a line on stderr.
          *.ndjson      one notification per line:
                        {"format": "harbor", "receivedAt": "2026-03-22T10:00:00Z", "headers": {}, "body": {}}
                        receivedAt and headers may be left out; bodyBase64 in place of body holds bytes that aren't
                        JSON; format may be source/format. A line that can't be used is kept as a rejected item.
          Formats       {{{FormatList()}}}

        Output:
          summary.json            what was counted
          ledgers/TUPLE.json      per artifact: every field, every candidate with its lineage, every hold
          packages/TUPLE.json     per artifact with something to decide: proposed writes with inverses, exceptions
          items.ndjson            per item: how it ended, and what it says
          All in canonical JSON (RFC 8785), the same for every order of the input, on every machine.

        Exit codes:
          0  done, with or without holds     2  bad usage or policy     3  --strict, and something was rejected

        Examples:
          reconcile notifications/ --out result
          reconcile march.ndjson april.ndjson --out result --as-of 2026-04-30T00:00:00Z --strict
          reconcile notifications/ --out result --policy our-policy.yaml --mask-key key --json
        """;

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("reconcile", "Reconcile notifications from files: no server, no broker, the same rules.")
        {
            Inputs, Out, PolicyFile, AsOf, Shuffle, Reveal, MaskKey, Strict, Json,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        TextWriter error = parsed.InvocationConfiguration.Error;
        TextWriter output = parsed.InvocationConfiguration.Output;
        var request = new ReconcileRequest
        {
            Inputs = parsed.GetValue(Inputs)!,
            Out = parsed.GetValue(Out)!,
            Policy = parsed.GetValue(PolicyFile),
            AsOf = parsed.GetValue(AsOf),
            Shuffle = parsed.GetValue(Shuffle),
            Reveal = parsed.GetValue(Reveal),
            MaskKey = parsed.GetValue(MaskKey),
        };
        Summary summary;
        try
        {
            using var progress = new TerminalProgress(error);
            summary = new OfflineReconciliation(progress).Run(request);
        }
        catch (UsageException bad)
        {
            error.WriteLine(bad.Message);
            return ExitCodes.BadUsage;
        }
        catch (Exception bad) when (Cause(bad) is IOException or UnauthorizedAccessException)
        {
            error.WriteLine(Cause(bad).Message);
            return ExitCodes.Failed;
        }

        if (parsed.GetValue(Json))
        {
            output.WriteLine(CanonicalJson.Text(summary.Document()));
        }
        else
        {
            SummaryTable.Write(summary, request.Out, output);
        }

        return parsed.GetValue(Strict) && summary.Outcomes[ItemOutcome.Rejected] > 0 ? ExitCodes.Rejected : ExitCodes.Done;
    }

    /// <summary>What went wrong first, where several threads read and write.</summary>
    private static Exception Cause(Exception bad) => bad is AggregateException several ? several.Flatten().InnerExceptions[0] : bad;

    private static DateTimeOffset? ParseInstant(ArgumentResult argument)
    {
        string text = argument.Tokens.Count > 0 ? argument.Tokens[0].Value : "";
        if (Times.TryParse(text, TimeFormats.Rfc3339, out DateTimeOffset instant))
        {
            return instant;
        }

        argument.AddError($"--as-of '{text}' is not an instant; write it as in RFC 3339, e.g. 2026-03-22T12:00:00Z");
        return null;
    }

    private static string FormatList() => string.Join(", ", FormatTable.Shipped().All
        .Select(f => f.Sources.Count > 1 ? $"SOURCE/{f.Format}" : f.Format));
}
