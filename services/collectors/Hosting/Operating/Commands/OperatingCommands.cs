using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Operating.Commands;

/// <summary>
/// <c>quarantine</c> and <c>replay</c>: the operators' endpoints of a running collector, from the command line. The answer is
/// printed as the JSON that it is.
/// </summary>
public sealed class OperatingCommands
{
    /// <summary>What the generated help can't say.</summary>
    public const string Notes = """
        Answers are JSON. What a payload says is shown unmasked, so without an OperatorCredential a collector answers
        programs on its own machine only. What was rejected is kept whole whatever the retention; a replay counts as
        'released' what it can't read because the bytes were let go.

        Examples:
          quarantine list
          quarantine show 12.0
          quarantine renormalise --reason 'digest is not an OCI digest'
          quarantine drop 12.0 --why 'sent by a test system'
          replay --from 2026-03-01T00:00:00Z --to 2026-04-01T00:00:00Z            shows what would change
          replay --from 2026-03-01T00:00:00Z --to 2026-04-01T00:00:00Z --apply
        """;

    private readonly Option<Uri> _url;
    private readonly Option<string?> _secretFile = new("--secret-file")
    {
        Description = "A file with the operator's secret, sent as 'Authorization: Bearer'.",
        HelpName = "FILE",
    };

    private readonly Option<string>? _source;

    /// <param name="defaultUrl">Where the collector listens when nothing is said.</param>
    /// <param name="severalSources">Whether the process hosts several: then the source is named.</param>
    public OperatingCommands(string defaultUrl, bool severalSources)
    {
        _url = new Option<Uri>("--url") { Description = "Where the collector listens.", HelpName = "URL", DefaultValueFactory = _ => new Uri(defaultUrl), CustomParser = Address };
        _source = severalSources
            ? new Option<string>("--source") { Description = $"Whose collector: {string.Join(", ", WireNames.All<Source>())}.", HelpName = "SOURCE", Required = true }
            : null;
        _source?.AcceptOnlyFromAmong([.. WireNames.All<Source>()]);
    }

    /// <summary>The commands.</summary>
    public IReadOnlyList<Command> Create() => [Quarantine(), Replay()];

    private Command Quarantine() => new("quarantine", "Rejected items of a collector: look at them, have them read again, drop them.")
    {
        List(), Show(), Act("renormalise", "Read items again with the current mapping.", "quarantine/renormalise", null),
        Act("drop", "Drop items: they stay on record as rejected, and nobody waits for them.", "quarantine/drop", new Option<string>("--why")
        {
            Description = "Why nobody waits for it.", HelpName = "TEXT", Required = true,
        }),
    };

    private Command List()
    {
        var reason = new Option<string?>("--reason") { Description = "Only of this reason.", HelpName = "TEXT" };
        var dropped = new Option<bool>("--dropped") { Description = "Those that were dropped, instead of those that wait." };
        var reasons = new Option<bool>("--reasons") { Description = "How many wait for each reason, instead of the items." };
        var after = new Option<string?>("--after") { Description = "The 'next' of the page before.", HelpName = "ITEM" };
        return Common(new Command("list", "List rejected items.") { reason, dropped, reasons, after }, (parsed, collector, cancelled) => collector.GetAsync(
            parsed.GetValue(reasons) ? "quarantine/reasons" : "quarantine?" + string.Join('&', new (string Name, string? Value)[]
            {
                ("reason", parsed.GetValue(reason)), ("after", parsed.GetValue(after)), ("dropped", parsed.GetValue(dropped) ? "true" : null),
            }.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}")),
            cancelled));
    }

    private Command Show()
    {
        var item = new Argument<string>("ITEM") { Description = "The item's id, from the list." };
        return Common(
            new Command("show", "Show a rejected item with what was received.") { item },
            (parsed, collector, cancelled) => collector.GetAsync($"quarantine/{Uri.EscapeDataString(parsed.GetValue(item)!)}", cancelled));
    }

    private Command Act(string name, string summary, string path, Option<string>? why)
    {
        var item = new Argument<string?>("ITEM") { Description = "The item's id, from the list.", Arity = ArgumentArity.ZeroOrOne };
        var reason = new Option<string?>("--reason") { Description = "All items with this reason.", HelpName = "TEXT" };
        var all = new Option<bool>("--all") { Description = "All items." };
        var command = new Command(name, summary) { item, reason, all };
        if (why is not null)
        {
            command.Add(why);
        }

        return Common(command, (parsed, collector, cancelled) =>
        {
            var request = new JsonObject { ["item"] = parsed.GetValue(item), ["reason"] = parsed.GetValue(reason), ["all"] = parsed.GetValue(all) };
            if (why is not null)
            {
                request["why"] = parsed.GetValue(why);
            }

            return collector.PostAsync(path, request, cancelled);
        });
    }

    private Command Replay()
    {
        var from = new Option<DateTimeOffset>("--from") { Description = "Received then or later.", HelpName = "INSTANT", Required = true, CustomParser = Instant };
        var to = new Option<DateTimeOffset>("--to") { Description = "Received before.", HelpName = "INSTANT", Required = true, CustomParser = Instant };
        var apply = new Option<bool>("--apply") { Description = "Read those that change again. Without it, it is only shown." };
        var after = new Option<string?>("--after") { Description = "The 'next' of an earlier answer.", HelpName = "ITEM" };
        return Common(
            new Command("replay", "Show what the current mappings would make of kept notifications, and read those again that change.") { from, to, apply, after },
            (parsed, collector, cancelled) => collector.PostAsync(
                "replay",
                new JsonObject
                {
                    ["from"] = parsed.GetValue(from), ["to"] = parsed.GetValue(to), ["apply"] = parsed.GetValue(apply), ["after"] = parsed.GetValue(after),
                },
                cancelled));
    }

    private Command Common(Command command, Func<ParseResult, CollectorClient, CancellationToken, Task<int>> run)
    {
        command.Add(_url);
        command.Add(_secretFile);
        if (_source is not null)
        {
            command.Add(_source);
        }

        command.SetAction(async (parsed, cancelled) =>
        {
            using var collector = new CollectorClient(
                parsed.GetValue(_url)!, _source is null ? null : parsed.GetValue(_source), parsed.GetValue(_secretFile), parsed.InvocationConfiguration);
            return await run(parsed, collector, cancelled);
        });
        return command;
    }

    private static Uri? Address(System.CommandLine.Parsing.ArgumentResult argument)
    {
        if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out Uri? url) && url.Scheme is ("http" or "https"))
        {
            return url;
        }

        argument.AddError("an address is wanted, such as http://127.0.0.1:8080");
        return null;
    }

    private static DateTimeOffset Instant(System.CommandLine.Parsing.ArgumentResult argument)
    {
        if (!DateTimeOffset.TryParse(argument.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset instant))
        {
            argument.AddError("an instant is wanted, such as 2026-03-01T00:00:00Z");
        }

        return instant;
    }
}
