using System.CommandLine;
using ReleaseIntegrity.AllInOne.Demo;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.CommandLine;
using ReleaseIntegrity.Steward.Connecting;
using ReleaseIntegrity.Steward.Naming;
using ReleaseIntegrity.Steward.Showing;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary><c>holds list</c>: what is held now, why, and what would release it.</summary>
internal static class HoldsCommand
{
    private static readonly Option<string?> Tuple = Inputs.TupleFilter();
    private static readonly Option<string?> Reason = new("--reason") { Description = "Only for this reason.", HelpName = "REASON" };
    private static readonly Option<string?> Field = new("--field") { Description = "Only of this field.", HelpName = "FIELD" };
    private static readonly Option<bool> Roots = new("--root") { Description = "Only holds that depend on no other." };
    private static readonly Option<int> Limit = Inputs.Limit();

    /// <summary>The command with the one below it.</summary>
    public static Command Create(CommandSet set) => new("holds", "Holds: fields without a value until somebody settles them.")
    {
        set.Add(
            new Command("list", "List the holds of all current ledgers.") { Tuple, Reason, Field, Roots, Limit },
            """
            Role: any.

            Examples:
              steward holds list --root
              steward holds list --tuple 3f9a
              steward holds list --reason runtime-unlinked --json
            """,
            ListAsync),
    };

    private static async Task<int> ListAsync(Session session)
    {
        var filter = new ListHoldsRequest
        {
            Parent = session.Get(Tuple) is { } tuple ? $"tuples/{await session.Names.TupleAsync(tuple)}" : "tuples/-",
            Reason = session.Get(Reason) ?? "",
            Field = session.Get(Field) ?? "",
            RootOnly = session.Get(Roots),
        };
        var holds = new ListHoldsResponse();
        await foreach (Hold hold in Pages.ReadAsync(session.Get(Limit), ReadAsync))
        {
            holds.Holds.Add(hold);
        }

        return session.Show(holds, answer =>
        {
            var listing = new Listing("tuple", "field", "reason", "open", "released by", "artifact");
            DateTimeOffset now = session.Around.Clock.GetUtcNow();
            foreach (Hold hold in answer.Holds)
            {
                listing.Add(
                    Words.Short(hold.Tuple?.Id ?? ""), hold.Field, new Cell(Words.Reasons(hold), "red"),
                    hold.OpenTime is null ? "" : Words.Span(now - hold.OpenTime.ToDateTimeOffset()), ReleaseWords.Of(hold), Names.Of(hold.Tuple));
            }

            session.Screen.Write(listing);
        });

        async Task<(IReadOnlyList<Hold>, string)> ReadAsync(int size, string token)
        {
            ListHoldsResponse page = await session.Connection.Handoff.ListHoldsAsync(
                new ListHoldsRequest(filter) { PageSize = size, PageToken = token }, session.Connection.Call);
            return (page.Holds, page.NextPageToken);
        }
    }
}
