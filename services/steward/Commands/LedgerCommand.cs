using System.CommandLine;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.CommandLine;
using ReleaseIntegrity.Steward.Connecting;
using ReleaseIntegrity.Steward.Naming;
using ReleaseIntegrity.Steward.Showing;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary><c>ledger show</c>, <c>explain</c> and <c>timeline</c>.</summary>
internal static class LedgerCommand
{
    private static readonly Argument<string> Tuple = Inputs.Tuple();
    private static readonly Argument<string> Field = new("FIELD") { Description = "A field, e.g. manifest-digest." };
    private static readonly Option<DateTimeOffset?> AsOf = Inputs.Instant("--as-of", "The ledger that was current at this instant.");
    private static readonly Option<long?> Revision = new("--revision") { Description = "The ledger with this revision.", HelpName = "N" };
    private static readonly Option<long?> PackageRevision = new("--package-revision") { Description = "The ledger that this package of the tuple rests on.", HelpName = "N" };
    private static readonly Option<bool> Held = new("--held") { Description = "Only fields on which the sources don't agree." };
    private static readonly Option<string?> FieldFilter = new("--field") { Description = "Only this field.", HelpName = "FIELD" };
    private static readonly Option<bool> Lineage = new("--lineage") { Description = "Where each value comes from, down to its place in the kept notification." };
    private static readonly Option<int> Limit = Inputs.Limit();

    /// <summary>The command with all below it.</summary>
    public static Command Create(CommandSet set) => new("ledger", "Ledgers: what each source says, field by field, and what stands.")
    {
        set.Add(
            new Command("show", "Show a ledger: fields as rows, sources as columns.") { Tuple, AsOf, Revision, PackageRevision, Held },
            $"""
            Role: any.

            Signs:    {Symbols.Unicode.Key}
            --ascii:  {Symbols.Ascii.Key}

            Examples:
              steward ledger show 3f9a
              steward ledger show 3f9a --held
              steward ledger show 3f9a --as-of 2026-03-22T09:00:00Z
            """,
            ShowAsync),
        set.Add(
            new Command("explain", "Explain a field: every candidate, its age, the rule, why each other one lost.") { Tuple, Field, Lineage },
            """
            Role: any. The number of a candidate is what decide pin wants.

            Examples:
              steward ledger explain 3f9a manifest-digest
              steward ledger explain 3f9a observed-envelope-id --lineage
            """,
            ExplainAsync),
        set.Add(
            new Command("timeline", "Show what each source said when.") { Tuple, FieldFilter, Limit },
            """
            Role: any. Newest first.

            Examples:
              steward ledger timeline 3f9a
              steward ledger timeline 3f9a --field manifest-digest --json
            """,
            TimelineAsync),
    };

    private static async Task<int> ShowAsync(Session session)
    {
        if (new[] { session.Get(AsOf) is not null, session.Get(Revision) is not null, session.Get(PackageRevision) is not null }.Count(c => c) > 1)
        {
            throw new UsageException("--as-of, --revision and --package-revision exclude each other");
        }

        var request = new GetLedgerRequest { Name = $"tuples/{await session.Names.TupleAsync(session.Get(Tuple))}/ledger" };
        if (session.Get(AsOf) is { } instant)
        {
            request.AsOf = Inputs.Wire(instant);
        }
        else if (session.Get(Revision) is { } revision)
        {
            request.Revision = revision;
        }
        else if (session.Get(PackageRevision) is { } packageRevision)
        {
            request.PackageRevision = packageRevision;
        }

        Ledger ledger = await session.Connection.Handoff.GetLedgerAsync(request, session.Connection.Call);
        return session.Show(ledger, l => Print(session, l));
    }

    private static void Print(Session session, Ledger ledger)
    {
        Screen screen = session.Screen;
        screen.Line($"Ledger of {Names.Of(ledger.Tuple)}, revision {ledger.Revision}", "bold");
        screen.Line(ledger.OnHold ? $"{screen.Symbols.Held} ON RECONCILIATION HOLD" : $"{screen.Symbols.Agrees} not on hold", ledger.OnHold ? "red" : "green");
        screen.Write(LedgerTable.Of(ledger.Fields.Where(f => !session.Get(Held) || f.State is not ("agreed" or "missing")), screen.Symbols));
        screen.Line(screen.Symbols.Key);
        if (ledger.NextTransitionTime is not null)
        {
            screen.Line($"settles further at {Words.Time(ledger.NextTransitionTime)}");
        }
    }

    private static async Task<int> ExplainAsync(Session session)
    {
        string tuple = await session.Names.TupleAsync(session.Get(Tuple));
        FieldExplanation explanation = await session.Connection.Handoff.ExplainFieldAsync(
            new ExplainFieldRequest { Name = $"tuples/{tuple}/ledger", Field = session.Get(Field) }, session.Connection.Call);
        return session.Show(explanation, e => ExplanationPage.Print(session.Screen, e, session.Get(Lineage)));
    }

    private static async Task<int> TimelineAsync(Session session)
    {
        string tuple = await session.Names.TupleAsync(session.Get(Tuple));
        var timeline = new ListTimelineResponse();
        await foreach (TimelineEntry entry in Pages.ReadAsync(session.Get(Limit), ReadAsync))
        {
            timeline.Entries.Add(entry);
        }

        return session.Show(timeline, t =>
        {
            var listing = new Listing("source time", "field", "source", "value", "ledgers", "now");
            foreach (TimelineEntry entry in t.Entries)
            {
                listing.Add(
                    Words.Time(entry.Candidate?.Lineage?.SourceTime),
                    entry.Field,
                    entry.Candidate?.Lineage?.Source ?? "",
                    Words.Value(entry.Candidate?.Value),
                    $"{entry.FirstLedgerRevision}-{(entry.Current ? "" : entry.LastLedgerRevision)}",
                    entry.Current ? new Cell("current", "green") : new Cell("gone", "grey"));
            }

            session.Screen.Write(listing);
        });

        async Task<(IReadOnlyList<TimelineEntry>, string)> ReadAsync(int size, string token)
        {
            ListTimelineResponse page = await session.Connection.Handoff.ListTimelineAsync(
                new ListTimelineRequest { Parent = $"tuples/{tuple}", PageSize = size, PageToken = token, Field = session.Get(FieldFilter) ?? "" },
                session.Connection.Call);
            return (page.Entries, page.NextPageToken);
        }
    }
}
