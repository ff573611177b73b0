using System.CommandLine;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.CommandLine;
using ReleaseIntegrity.Steward.Connecting;
using ReleaseIntegrity.Steward.Showing;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary><c>audit list</c> and <c>verify</c>.</summary>
internal static class AuditCommand
{
    private static readonly Option<string?> Tuple = Inputs.TupleFilter();
    private static readonly Option<string?> Kind = new("--kind") { Description = "Only reveal, export, denied, rebuild, or a kind of decision.", HelpName = "KIND" };
    private static readonly Option<string?> Subject = new("--subject") { Description = "Only what this subject did.", HelpName = "SUBJECT" };
    private static readonly Option<int> Limit = Inputs.Limit();
    private static readonly Option<string?> Head = new("--head") { Description = "The head that an earlier verification printed is still the head, i.e. nothing was added or cut off since.", HelpName = "HASH" };

    /// <summary>The command with all below it.</summary>
    public static Command Create(CommandSet set) => new("audit", "The audit log: who decided, revealed, exported and was denied what.")
    {
        set.Add(
            new Command("list", "List audit events, newest first.") { Tuple, Kind, Subject, Limit },
            """
            Role: admin.

            Examples:
              steward audit list --kind reveal
              steward audit list --tuple 3f9a --json
            """,
            ListAsync),
        set.Add(
            new Command("verify", "Verify the hash chain of the audit log, and say where it breaks first.") { Head },
            """
            Role: admin. Ends with 7 where the log was tampered with. Keep the head that it prints elsewhere: a log that was cut
            off at its end is only found with it.

            Examples:
              steward audit verify
              steward audit verify --head HASH
            """,
            VerifyAsync),
    };

    private static async Task<int> ListAsync(Session session)
    {
        var filter = new ListAuditEventsRequest
        {
            Tuple = session.Get(Tuple) is { } tuple ? $"tuples/{await session.Names.TupleAsync(tuple)}" : "",
            Kind = session.Get(Kind) ?? "",
            Subject = session.Get(Subject) ?? "",
        };
        var events = new ListAuditEventsResponse();
        await foreach (AuditEvent one in Pages.ReadAsync(session.Get(Limit), ReadAsync))
        {
            events.Events.Add(one);
        }

        return session.Show(events, answer =>
        {
            var listing = new Listing("#", "time", "subject", "kind", "tuple", "detail");
            foreach (AuditEvent one in answer.Events)
            {
                listing.Add($"{one.Sequence}", Words.Time(one.Time), one.Subject, one.Kind, Words.Short(one.Tuple.Split('/')[^1]), one.DetailJson);
            }

            session.Screen.Write(listing);
        });

        async Task<(IReadOnlyList<AuditEvent>, string)> ReadAsync(int size, string token)
        {
            ListAuditEventsResponse page = await session.Connection.Audit.ListAuditEventsAsync(
                new ListAuditEventsRequest(filter) { PageSize = size, PageToken = token }, session.Connection.Call);
            return (page.Events, page.NextPageToken);
        }
    }

    private static async Task<int> VerifyAsync(Session session)
    {
        VerifyAuditChainResponse chain = await session.Connection.Audit.VerifyAuditChainAsync(new VerifyAuditChainRequest(), session.Connection.Call);
        bool otherHead = session.Get(Head) is { } head && !head.Equals(chain.HeadHash, StringComparison.OrdinalIgnoreCase);
        session.Show(chain, c =>
        {
            session.Screen.Line(
                c.Intact ? $"{session.Screen.Symbols.Agrees} intact: {c.EventCount} events" : $"{session.Screen.Symbols.Differs} BROKEN at event {c.FirstBrokenSequence}: {c.Problem}",
                c.Intact ? "green" : "red");
            session.Screen.Line($"  head  {c.HeadHash}");
        });
        if (otherHead)
        {
            await session.Error.WriteLineAsync("the head is another one than --head: events were added since, or the log was cut off or replaced");
        }

        return chain.Intact && !otherHead ? ExitCodes.Done : ExitCodes.NotIntact;
    }
}
