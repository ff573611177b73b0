using System.CommandLine;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.CommandLine;
using ReleaseIntegrity.Steward.Connecting;
using ReleaseIntegrity.Steward.Naming;
using ReleaseIntegrity.Steward.Showing;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary><c>packages list</c>, <c>show</c> and <c>diff</c>; <c>watch</c>, <c>export</c> and <c>verify</c> have files of their own.</summary>
internal static class PackagesCommand
{
    private static readonly Argument<string> Package = Inputs.Package();
    private static readonly Option<string?> Tuple = Inputs.TupleFilter();
    private static readonly Option<string?> Train = new("--train") { Description = "Only of this release train.", HelpName = "TRAIN" };
    private static readonly Option<string?> Repository = new("--repository") { Description = "Only of the repository with this token: the 12 digits of <repo:token>.", HelpName = "TOKEN" };
    private static readonly Option<string?> State = new("--state") { Description = "Only in this state: prepared, acknowledged, repair-authorized, returned, repaired, diverged, superseded, closed.", HelpName = "STATE" };
    private static readonly Option<string?> Reason = new("--reason") { Description = "Only with a hold for this reason.", HelpName = "REASON" };
    private static readonly Option<DateTimeOffset?> From = Inputs.Instant("--from", "Only prepared at or after this.");
    private static readonly Option<DateTimeOffset?> Before = Inputs.Instant("--before", "Only prepared before this.");
    private static readonly Option<bool> OldestFirst = new("--oldest-first") { Description = "The oldest hand-off first." };
    private static readonly Option<int> Limit = Inputs.Limit();
    private static readonly Option<bool> All = new("--all", "-a") { Description = "Show the whole ledger instead of folding what agrees." };
    private static readonly Option<long> Base = new("--base") { Description = "Revision of the earlier package. Default: the one just before.", HelpName = "REVISION" };

    /// <summary>The command with all below it.</summary>
    public static Command Create(CommandSet set) => new("packages", "Correction packages: what there is to decide.")
    {
        set.Add(
            new Command("list", "List packages, newest hand-off first.") { Tuple, Train, Repository, State, Reason, From, Before, OldestFirst, Limit },
            """
            Role: any. Without --state it lists all, those that were superseded too.

            Examples:
              steward packages list --state prepared --oldest-first
              steward packages list --train rel-2026.03.22.4 --reason digest-identity-conflict
              steward packages list --before 2026-03-21T00:00:00Z --json
            """,
            ListAsync),
        set.Add(
            new Command("show", "Show a package: what is held and why, what would release it, what is proposed.") { Package, All },
            """
            Role: any.

            Examples:
              steward packages show 3f9a            the package that stands of the tuple 3f9a...
              steward packages show 3f9a@2 --all    the second of its chain, with the whole ledger
              steward packages show 'registry.example.com/<repo:0a1b2c3d4e5f>:rel-2026.03.22.4'
            """,
            ShowAsync),
        WatchCommand.Create(set),
        set.Add(
            new Command("diff", "Show what is different between two packages of a tuple.") { Package, Base },
            """
            Role: any.

            Examples:
              steward packages diff 3f9a            what the package that stands changed
              steward packages diff 3f9a@5 --base 2
            """,
            DiffAsync),
        ExportCommand.Create(set),
        VerifyCommand.Create(set),
    };

    private static async Task<int> ListAsync(Session session)
    {
        var filter = new ListCorrectionPackagesRequest
        {
            Parent = session.Get(Tuple) is { } tuple ? $"tuples/{await session.Names.TupleAsync(tuple)}" : "tuples/-",
            ReleaseTrain = session.Get(Train) ?? "",
            RepositoryToken = session.Get(Repository) ?? "",
            State = ParseState(session.Get(State)),
            HoldReason = session.Get(Reason) ?? "",
            PreparedFrom = Inputs.Wire(session.Get(From)),
            PreparedBefore = Inputs.Wire(session.Get(Before)),
            OrderBy = session.Get(OldestFirst) ? "asc" : "",
        };
        var packages = new ListCorrectionPackagesResponse();
        await foreach (CorrectionPackage package in Pages.Packages(session.Connection, filter, session.Get(Limit)))
        {
            packages.Packages.Add(package);
        }

        return session.Show(packages, answer => session.Screen.Write(Table(answer, session.Around.Clock.GetUtcNow())));
    }

    private static Listing Table(ListCorrectionPackagesResponse answer, DateTimeOffset now)
    {
        var listing = new Listing("package", "tuple", "state", "holds", "writes", "waits", "train", "artifact", "reasons");
        foreach (CorrectionPackage package in answer.Packages)
        {
            string state = Words.State(package.State);
            listing.Add(
                $"{Words.Short(package.PackageId)}@{package.Revision}",
                Words.Short(package.Tuple?.Id ?? ""),
                new Cell(state, Words.Style(state)),
                $"{package.ExceptionCount}",
                $"{package.ProposedWriteCount}",
                package.PrepareTime is null ? "" : Words.Span(now - package.PrepareTime.ToDateTimeOffset()),
                package.ReleaseTrain,
                Names.Of(package.Tuple),
                new Cell(string.Join(", ", package.HoldReasons), package.OnHold ? "red" : ""));
        }

        return listing;
    }

    private static async Task<int> ShowAsync(Session session)
    {
        CorrectionPackage package = await GetAsync(session, session.Get(Package));
        return session.Show(package, p => PackagePage.Print(session.Screen, p, session.Get(All), session.Around.Clock.GetUtcNow()));
    }

    private static async Task<int> DiffAsync(Session session)
    {
        var request = new DiffCorrectionPackagesRequest
        {
            Name = await session.Names.PackageAsync(session.Get(Package)),
            BaseRevision = session.Get(Base),
        };
        PackageDiff diff = await session.Connection.Handoff.DiffCorrectionPackagesAsync(request, session.Connection.Call);
        return session.Show(diff, d =>
        {
            session.Screen.Line(d.Base.Length == 0 ? "the first of its tuple: everything is new" : $"from  {d.Base}");
            session.Screen.Line($"to    {d.Name}");
            if (d.Changes.Count == 0)
            {
                session.Screen.Line("nothing is different");
            }
            else
            {
                session.Screen.Write(Differences.Of(d.Changes, session.Screen.Symbols));
            }
        });
    }

    /// <summary>Reads the package that a person named.</summary>
    public static async Task<CorrectionPackage> GetAsync(Session session, string named) =>
        await session.Connection.Handoff.GetCorrectionPackageAsync(
            new GetCorrectionPackageRequest { Name = await session.Names.PackageAsync(named) }, session.Connection.Call);

    private static PackageState ParseState(string? text) => text is null
        ? PackageState.Unspecified
        : Enum.GetValues<PackageState>().FirstOrDefault(s => Words.State(s) == text) is var state && state != PackageState.Unspecified
            ? state
            : throw new UsageException("--state is none of prepared, acknowledged, repair-authorized, returned, repaired, diverged, superseded, closed");
}
