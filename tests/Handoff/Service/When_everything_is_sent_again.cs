using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Handoff.Feed;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Core;
using ReleaseIntegrity.Tests.Servers;
using CorrectionPackage = ReleaseIntegrity.Handoff.V1.CorrectionPackage;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>A rebuild, from the handoff's side: what is there stays as it is, what is missing comes back as it was.</summary>
public abstract class When_everything_is_sent_again<TPlace> : IAsyncDisposable
    where TPlace : StorePlace, new()
{
    private static readonly Observation[] Promoted = [.. World.Scenario(), World.Push(World.B, "12:30")];
    private static readonly Observation[] Repaired = [.. Promoted, World.Snapshot(World.B, "14:40", 6, new string('2', 64), "05:30")];

    /// <summary>The tables that a rebuild fills, children first.</summary>
    private static readonly string[] Emptied = ["package_place", "package_end", "package", "hold_reason", "hold_event", "hold", "ledger"];

    /// <summary>All rows that anything is read from, without what records the hand-off itself: numbers, sequences and its time.</summary>
    private static readonly string[] Rows =
    [
        "select tuple_no, revision, sha256, content, recorded_at, on_hold, release_train from ledger order by tuple_no",
        "select tuple_no, field, hold_id, is_root from hold order by tuple_no, field",
        "select reason, tuple_no, field from hold_reason order by tuple_no, field, reason",
        "select tuple_no, hold_id, at, ledger_sha256 from hold_event where kind = 'opened' order by tuple_no, hold_id, at",
        "select tuple_no, package_id, revision, supersedes, state, content, prepared_at, release_train from package order by tuple_no, revision",
        "select p.tuple_no, p.revision, l.list, l.value, l.prepared_at from package_place l join package p on p.package_no = l.package_no order by p.tuple_no, p.revision, l.list, l.value",
        "select tuple_no, revision, closed_at from package_end order by tuple_no, revision",
        "select tuple_no, revision, sha256, content, recorded_at from ledger_history order by tuple_no, revision",
        "select tuple_no, said, field, first_revision, first_recorded_at, last_revision, place from timeline order by tuple_no, said",
        "select decision_no, kind, steward, note, state, package_revision, package_state, sequence from decision order by decision_no",
        "select tuple_no, package_revision, write_id, state, ledger_revision, observed_at from repair order by tuple_no, package_revision, write_id",
        "select sequence, kind, detail, hash from audit_event order by sequence",
    ];

    private readonly TPlace _place = new();

    [Fact]
    public async Task What_is_there_stays_as_it_is()
    {
        await using Steward steward = await Steward.AtAsync(_place);
        await StoryAsync(steward);
        string[] before = await DumpAsync(steward, Rows);
        string[] order = await DumpAsync(steward, ["select sequence from handoff", "select package_no, sequence, handed_off_at from package order by package_no", "select message_id from outbox order by position"]);
        foreach (object message in Again())
        {
            Assert.Equal(FeedOutcome.Unchanged, await steward.Feed.Apply(message));
        }

        Assert.Equal(before, await DumpAsync(steward, Rows));
        Assert.Equal(order, await DumpAsync(steward, ["select sequence from handoff", "select package_no, sequence, handed_off_at from package order by package_no", "select message_id from outbox order by position"]));
    }

    /// <summary>In orders of which most bring a package before the one that it supersedes, and all of them twice.</summary>
    [Fact]
    public async Task What_is_missing_comes_back_as_it_was_in_any_order()
    {
        await using Steward steward = await Steward.AtAsync(_place);
        await StoryAsync(steward);
        string[] before = await DumpAsync(steward, Rows);
        string[] shown = await ShownAsync(steward);
        Assert.Contains(before, row => row.Contains("repaired", StringComparison.Ordinal));
        for (int seed = 0; seed < 8; seed++)
        {
            await EmptyAsync(steward);
            Assert.NotEqual(before, await DumpAsync(steward, Rows));
            object[] messages = [.. Again(), .. Again()];
            new Random(seed).Shuffle(messages);
            foreach (object message in messages)
            {
                await steward.Feed.Apply(message);
            }

            Assert.Equal(before, await DumpAsync(steward, Rows));
            Assert.Equal(shown, await ShownAsync(steward));
        }
    }

    [Fact]
    public async Task A_decision_is_shown_while_its_package_is_away_and_what_is_repaired_meanwhile_is_seen_when_it_comes_back()
    {
        await using Steward steward = await Steward.AtAsync(_place);
        Reconciliation promoted = World.Reconcile("14:00", Promoted);
        CorrectionPackage package = await steward.HandAsync(2, promoted);
        await steward.AuthorizeAsync(package);
        await EmptyAsync(steward);
        await steward.Feed.Apply(Steward.LedgerOf(4, World.Reconcile("16:00", Repaired)));
        Decision away = Assert.Single(await steward.ListAsync());
        Assert.Equal(("authorize-repair", ""), (away.Kind, away.Package));
        await steward.Feed.Apply(Steward.LedgerOf(2, promoted));
        await steward.Feed.Apply(PackageOf(2, promoted, null));
        Assert.Equal("observed", Assert.Single(Assert.Single(await steward.ListAsync()).Repairs).State);
        Assert.Equal(PackageState.Repaired, (await steward.PackageAsync(package.PackageId)).State);
    }

    [Fact]
    public async Task A_request_is_one_message_and_one_audit_event_however_often_it_comes()
    {
        await using Steward steward = await Steward.AtAsync(_place);
        string id = Steward.NewId();
        Timestamp first = (await steward.RebuildAsync(id)).RequestTime;
        steward.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(first, (await steward.RebuildAsync(id)).RequestTime);
        Assert.Equal(Guid.Parse(id), Assert.IsType<RebuildRequested>(Assert.Single(await steward.ToldAsync())).RequestId);
        await steward.RebuildAsync(Steward.NewId());
        Assert.Equal(2, (await steward.ToldAsync()).Count);
        Assert.Equal([("rebuild", "maya"), ("rebuild", "maya")], (await steward.AuditedAsync()).Select(e => (e.Kind, e.Subject)));
        Assert.Equal(StatusCode.InvalidArgument, await Steward.RefusedAsync(steward.RebuildAsync("1")));
    }

    /// <summary>Pins are ordered by the sequence: one of a store that was begun anew must not be taken for an older one.</summary>
    [Fact]
    public async Task A_store_that_is_begun_anew_counts_on_from_where_no_earlier_one_has_been()
    {
        long last;
        await using (Steward steward = await Steward.AtAsync(_place))
        {
            CorrectionPackage package = await steward.HandAsync(1, World.Reconcile("12:00", World.Scenario()));
            await steward.AcknowledgeAsync(package);
            last = (await steward.ToldAsync()).OfType<StewardDecided>().Single().Sequence;
        }

        await using var other = new TPlace();
        await using Steward anew = await Steward.AtAsync(other, World.At("14:31"));
        CorrectionPackage again = await anew.HandAsync(1, World.Reconcile("12:00", World.Scenario()));
        await anew.AcknowledgeAsync(again);
        Assert.True((await anew.ToldAsync()).OfType<StewardDecided>().Single().Sequence > last);
    }

    /// <summary>The scenario, returned; the promotion, noted and authorised; the repair, seen; a package that ended.</summary>
    private static async Task StoryAsync(Steward steward)
    {
        foreach (object message in Told().Take(2))
        {
            await steward.Feed.Apply(message);
        }

        await steward.ReturnAsync(await steward.PackageAsync("latest"));
        foreach (object message in Told().Skip(2).Take(2))
        {
            await steward.Feed.Apply(message);
        }

        CorrectionPackage package = await steward.PackageAsync("latest");
        await steward.AnnotateAsync(package, "certificate-fingerprint", "the old one was revoked");
        await steward.AuthorizeAsync(package);
        foreach (object message in Told().Skip(4))
        {
            await steward.Feed.Apply(message);
        }
    }

    /// <summary>What the reconciler said as it happened.</summary>
    private static object[] Told()
    {
        Reconciliation first = World.Reconcile("12:00", World.Scenario());
        Reconciliation second = World.Reconcile("14:00", Promoted);
        Reconciliation third = World.Reconcile("16:00", Repaired);
        return
        [
            Steward.LedgerOf(1, first) with { RecordedAt = World.At("12:00"), HoldsOpened = [.. HoldsOf(first)] }, PackageOf(1, first, null),
            Steward.LedgerOf(2, second) with { RecordedAt = World.At("14:00") }, PackageOf(2, second, IdOf(first)),
            Steward.LedgerOf(3, third) with { RecordedAt = World.At("16:00") }, PackageOf(3, third, IdOf(second)), EndOf(3, third),
        ];
    }

    /// <summary>What it says on request: the ledger that stands, and every package with its end.</summary>
    private static object[] Again()
    {
        object[] told = Told();
        var opening = (LedgerChanged)told[0];
        var last = (LedgerChanged)told[4];
        string[] standing = [.. HoldsOf(World.Reconcile("16:00", Repaired))];
        return
        [
            last with { HoldsOpen = [.. opening.HoldsOpened.Where(standing.Contains).Select(id => new HoldOpening(id, opening.RecordedAt, opening.LedgerSha256))] },
            told[1], told[3], told[5], told[6],
        ];
    }

    private static IEnumerable<string> HoldsOf(Reconciliation result) => result.Ledger.Fields.Where(f => f.Hold is not null).Select(f => f.Hold!.Id);

    private static string IdOf(Reconciliation result) => PackageOf(1, result, null).PackageId;

    private static CorrectionPackagePrepared PackageOf(long revision, Reconciliation result, string? supersedes)
    {
        var package = WrittenPackage.Of(result.Package!);
        return new CorrectionPackagePrepared
        {
            Tuple = World.Release, PackageId = package.Id, Revision = revision, Supersedes = supersedes, CanonicalPackage = package.Canonical, PreparedAt = World.Ten.AddHours(revision),
        };
    }

    private static CorrectionPackageClosed EndOf(long revision, Reconciliation result) => new()
    {
        Tuple = World.Release, PackageId = IdOf(result), Revision = revision, LedgerSha256 = new string('0', 64), ClosedAt = World.Ten.AddHours(9),
    };

    private static Task EmptyAsync(Steward steward) => steward.Store.Store.WriteAsync(
        async (StoreTransaction tx) =>
        {
            // The holds that were released are history, which the handoff alone has: only what stands is emptied of it.
            foreach (string table in Emptied)
            {
                await tx.ExecuteAsync($"delete from {table}{(table == "hold_event" ? " where hold_id in (select hold_id from hold)" : "")}");
            }
        },
        CancellationToken.None);

    private static async Task<string[]> DumpAsync(Steward steward, string[] queries)
    {
        var rows = new List<string>();
        foreach (string query in queries)
        {
            rows.AddRange((await steward.Store.ReadAsync(s => s.QueryAsync<dynamic>(query), CancellationToken.None))
                .Select(r => string.Join('|', ((IDictionary<string, object?>)r).Select(c => $"{c.Key}={c.Value}"))));
        }

        return [.. rows];
    }

    private static async Task<string[]> ShownAsync(Steward steward)
    {
        IReadOnlyList<CorrectionPackage> packages = await steward.PackagesAsync(steward.Tuple);
        var shown = new List<string>();
        foreach (CorrectionPackage package in packages)
        {
            CorrectionPackage whole = await steward.PackageAsync($"{package.PackageId}@{package.Revision}");
            whole.HandoffTime = null;
            shown.Add(whole.ToString());
        }

        shown.AddRange((await steward.ListAsync()).Select(d => d.ToString()));
        return [.. shown];
    }

    public async ValueTask DisposeAsync()
    {
        await _place.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class Sqlite_everything_again : When_everything_is_sent_again<SqliteFiles>;

public sealed class SqlServer_everything_again : When_everything_is_sent_again<SqlServerSchema>;
