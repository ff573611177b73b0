using System.CommandLine;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.CommandLine;
using ReleaseIntegrity.Steward.Connecting;
using ReleaseIntegrity.Steward.Showing;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary><c>decide list</c>: what was decided, and what became of the authorised writes.</summary>
internal static class DecisionsCommand
{
    private static readonly Option<string?> Tuple = Inputs.TupleFilter();
    private static readonly Option<string?> Kind = new("--kind") { Description = "Only acknowledge, authorize-repair, return, annotate, pin or unpin.", HelpName = "KIND" };
    private static readonly Option<int> Limit = Inputs.Limit();

    /// <summary>The command.</summary>
    public static Command Create(CommandSet set) => set.Add(
        new Command("list", "List decisions, newest first, with what became of each authorised write.") { Tuple, Kind, Limit },
        """
        Role: any. A write is pending until a source's record says the written value (observed) or another one (diverged).

        Examples:
          steward decide list --tuple 3f9a
          steward decide list --kind authorize-repair --json
        """,
        ListAsync);

    private static async Task<int> ListAsync(Session session)
    {
        var filter = new ListDecisionsRequest
        {
            Parent = session.Get(Tuple) is { } tuple ? $"tuples/{await session.Names.TupleAsync(tuple)}" : "tuples/-",
            Kind = session.Get(Kind) ?? "",
        };
        var decisions = new ListDecisionsResponse();
        await foreach (Decision decision in Pages.ReadAsync(session.Get(Limit), ReadAsync))
        {
            decisions.Decisions.Add(decision);
        }

        return session.Show(decisions, answer =>
        {
            var listing = new Listing("time", "kind", "steward", "state", "package", "field", "repairs", "note");
            foreach (Decision decision in answer.Decisions)
            {
                string package = decision.Package.Split('/')[^1];
                listing.Add(
                    Words.Time(decision.DecideTime), decision.Kind, decision.Steward, decision.State,
                    package.Length == 0 ? "" : $"{Words.Short(package.Split('@')[0])}@{package.Split('@')[^1]}", decision.Field,
                    string.Join(", ", decision.Repairs.Select(r => $"{r.Field} {r.State}")), decision.Note);
            }

            session.Screen.Write(listing);
        });

        async Task<(IReadOnlyList<Decision>, string)> ReadAsync(int size, string token)
        {
            ListDecisionsResponse page = await session.Connection.Decisions.ListDecisionsAsync(
                new ListDecisionsRequest(filter) { PageSize = size, PageToken = token }, session.Connection.Call);
            return (page.Decisions, page.NextPageToken);
        }
    }
}
