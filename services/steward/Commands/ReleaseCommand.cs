using System.CommandLine;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.CommandLine;
using ReleaseIntegrity.Steward.Connecting;
using ReleaseIntegrity.Steward.Naming;
using ReleaseIntegrity.Steward.Showing;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary><c>release show</c>: all tuples of a release train at a glance.</summary>
internal static class ReleaseCommand
{
    private static readonly Argument<string> Train = new("TRAIN") { Description = "The release train, e.g. rel-2026.03.22.4." };
    private static readonly Option<int> Limit = Inputs.Limit();

    /// <summary>The command with the one below it.</summary>
    public static Command Create(CommandSet set) => new("release", "Release trains.")
    {
        set.Add(
            new Command("show", "Show how every tuple of a train stands, and each source in it.") { Train, Limit },
            """
            Role: any. A source is agreed, contested (it says something that was not chosen, or is held), stale or silent.

            Examples:
              steward release show rel-2026.03.22.4
              steward release show rel-2026.03.22.4 --json
            """,
            ShowAsync),
    };

    private static async Task<int> ShowAsync(Session session)
    {
        var view = new ReleaseView();
        await foreach (ReleaseTuple tuple in Pages.ReadAsync(session.Get(Limit), ReadAsync))
        {
            view.Tuples.Add(tuple);
        }

        return session.Show(view, v =>
        {
            session.Screen.Line($"{session.Get(Train)}: {Words.Count(v.TupleCount, "tuple")}, {v.OnHoldCount} on hold", v.OnHoldCount > 0 ? "red" : "green");
            var listing = new Listing(["tuple", "artifact", "standing", .. FieldOrder.Sources.Select(s => s.Heading), "package"]);
            foreach (ReleaseTuple tuple in v.Tuples)
            {
                listing.Add([
                    Words.Short(tuple.Tuple?.Id ?? ""),
                    Names.Of(tuple.Tuple),
                    new Cell(tuple.OnHold ? $"{session.Screen.Symbols.Held} {tuple.Standing}" : tuple.Standing, Words.Style(tuple.Standing)),
                    .. FieldOrder.Sources.Select(s => Source(tuple, s.Source, session.Screen.Symbols)),
                    tuple.Package.Length == 0 ? "none" : Words.State(tuple.PackageState),
                ]);
            }

            session.Screen.Write(listing);
        });

        async Task<(IReadOnlyList<ReleaseTuple>, string)> ReadAsync(int size, string token)
        {
            ReleaseView page = await session.Connection.Handoff.GetReleaseViewAsync(
                new GetReleaseViewRequest { Name = $"releases/{session.Get(Train)}", PageSize = size, PageToken = token }, session.Connection.Call);
            (view.Name, view.TupleCount, view.OnHoldCount) = (page.Name, page.TupleCount, page.OnHoldCount);
            return (page.Tuples, page.NextPageToken);
        }
    }

    private static Cell Source(ReleaseTuple tuple, string source, Symbols symbols)
    {
        string standing = tuple.Sources.FirstOrDefault(s => s.Source == source)?.Standing ?? "silent";
        string sign = standing switch
        {
            "agreed" => symbols.Agrees,
            "contested" => symbols.Differs,
            "silent" => symbols.Silent,
            _ => symbols.Apart,
        };
        return new Cell($"{sign} {standing}", Words.Style(standing));
    }
}
