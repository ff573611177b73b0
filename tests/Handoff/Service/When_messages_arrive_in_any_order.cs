using System.Text;
using Grpc.Core;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Handoff.Feed;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Tests.Handoff.Masking;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Handoff.Service;

public abstract class When_messages_arrive_in_any_order<TPlace> : IAsyncDisposable
    where TPlace : StorePlace, new()
{
    private readonly TPlace _place = new();

    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>All 24 orders of four packages, each delivered twice somewhere.</summary>
    [Fact]
    public async Task The_chain_is_the_same_in_the_end()
    {
        await using HandoffHost host = await StartAsync();
        int seed = 100;
        foreach (int[] order in Orders([1, 2, 3, 4]))
        {
            var random = new RandomDocument(seed++);
            CorrectionPackagePrepared[] chain = [.. Enumerable.Range(1, 4).Select(r => HandoffHost.Prepared(random, r))];
            foreach (int revision in order.Concat(order.Reverse()))
            {
                await host.Feed.Apply(chain[revision - 1], None);
            }

            string[] expected =
            [
                .. Enumerable.Range(1, 4).Select(r => string.Join(' ', r, r == 4 ? "Prepared" : "Superseded", Id(chain, r - 1), Id(chain, r + 1))),
            ];
            Assert.Equal(expected, (await PackagesOf(host, random)).OrderBy(p => p.Revision)
                .Select(p => $"{p.Revision} {p.State} {p.Supersedes} {p.SupersededBy}"));
        }

        static string Id(CorrectionPackagePrepared[] chain, int revision) =>
            revision is >= 1 and <= 4 ? chain[revision - 1].PackageId : "";
    }

    /// <summary>An end may come before its package, and before or after the package that follows it.</summary>
    [Fact]
    public async Task An_end_closes_its_package_unless_another_follows()
    {
        await using HandoffHost host = await StartAsync();
        foreach (int[] order in Orders([1, 2, 3]))
        {
            var random = new RandomDocument(700 + (order[0] * 10) + order[1]);
            CorrectionPackagePrepared first = HandoffHost.Prepared(random, 1);
            CorrectionPackagePrepared last = HandoffHost.Prepared(random, 2);
            Func<Task>[] deliveries =
            [
                () => host.Feed.Apply(first, None),
                async () =>
                {
                    await host.Feed.Apply(Ended(first), None);
                    await host.Feed.Apply(Ended(first), None);
                },
                () => host.Feed.Apply(last, None),
            ];
            foreach (int delivery in order)
            {
                await deliveries[delivery - 1]();
            }

            await host.Feed.Apply(Ended(last), None);
            Assert.Equal(
                [PackageState.Superseded, PackageState.Closed],
                (await PackagesOf(host, random)).OrderBy(p => p.Revision).Select(p => p.State));
        }

        static CorrectionPackageClosed Ended(CorrectionPackagePrepared package) => new()
        {
            Tuple = package.Tuple, PackageId = package.PackageId, Revision = package.Revision,
            LedgerSha256 = new string('0', 64), ClosedAt = package.PreparedAt.AddHours(1),
        };
    }

    [Fact]
    public async Task The_last_ledger_stands_and_older_ones_change_nothing()
    {
        await using HandoffHost host = await StartAsync();
        var random = new RandomDocument(1);
        Assert.Equal(FeedOutcome.Changed, await host.Feed.Apply(HandoffHost.Changed(random, 2), None));
        Assert.Equal(FeedOutcome.Unchanged, await host.Feed.Apply(HandoffHost.Changed(random, 2), None));
        random.Ledger["onHold"] = !(bool)random.Ledger["onHold"]!;
        Assert.Equal(FeedOutcome.Stale, await host.Feed.Apply(HandoffHost.Changed(random, 1), None));
        Assert.Equal(FeedOutcome.Conflict, await host.Feed.Apply(HandoffHost.Changed(random, 2), None));
        Assert.Equal(FeedOutcome.Changed, await host.Feed.Apply(HandoffHost.Changed(random, 3), None));
        LedgerChanged other = HandoffHost.Changed(new RandomDocument(1), 1);
        Assert.Equal(FeedOutcome.Conflict, await host.Feed.Apply(other, None));
        Ledger ledger = await host.Client.GetLedgerAsync(new GetLedgerRequest { Name = NameOf(random) + "/ledger" });
        Assert.Equal(3, ledger.Revision);
        Assert.Equal((bool)random.Ledger["onHold"]!, ledger.OnHold);
    }

    [Fact]
    public async Task A_hold_s_opening_counts_even_where_a_later_ledger_came_first()
    {
        await using HandoffHost host = await StartAsync();
        RandomDocument random = Documents.WithHold(500);
        LedgerChanged changed = HandoffHost.Changed(random, 1);
        string field = Documents.HeldField(random);
        LedgerChanged opening = changed with { HoldsOpened = [field + "/digest-identity-conflict"] };
        LedgerChanged later = changed with { Revision = 2, RecordedAt = changed.RecordedAt.AddHours(1) };
        Assert.Equal(FeedOutcome.Changed, await host.Feed.Apply(later, None));
        Assert.Equal(FeedOutcome.Stale, await host.Feed.Apply(opening, None));
        Assert.Equal(FeedOutcome.Stale, await host.Feed.Apply(opening, None));
        ListHoldsResponse holds = await host.Client.ListHoldsAsync(new ListHoldsRequest { Parent = NameOf(random), Field = field });
        Assert.Equal(changed.RecordedAt, Assert.Single(holds.Holds).OpenTime.ToDateTimeOffset());
    }

    [Fact]
    public async Task Content_that_comes_back_has_its_old_name_and_a_new_revision()
    {
        await using HandoffHost host = await StartAsync();
        var random = new RandomDocument(3);
        CorrectionPackagePrepared first = HandoffHost.Prepared(random, 1);
        await host.Feed.Apply(first, None);
        await host.Feed.Apply(HandoffHost.Prepared(random, 2), None);
        await host.Feed.Apply(first with { Revision = 3, Supersedes = HandoffHost.Prepared(random, 2).PackageId }, None);
        string name = $"{NameOf(random)}/packages/{first.PackageId}";
        Assert.Equal(3, (await Get(name)).Revision);
        Assert.Equal(PackageState.Superseded, (await Get(name + "@1")).State);
        Assert.Equal(3, (await Get($"{NameOf(random)}/packages/latest")).Revision);
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => Get(name + "@2"));
        Assert.Equal(StatusCode.NotFound, e.StatusCode);

        Task<CorrectionPackage> Get(string n) => host.Client.GetCorrectionPackageAsync(new GetCorrectionPackageRequest { Name = n }).ResponseAsync;
    }

    [Fact]
    public async Task A_message_that_does_not_hold_together_is_refused()
    {
        await using HandoffHost host = await StartAsync();
        var random = new RandomDocument(4);
        LedgerChanged ledger = HandoffHost.Changed(random, 1);
        CorrectionPackagePrepared package = HandoffHost.Prepared(random, 1);
        await Refused(() => host.Feed.Apply(ledger with { LedgerSha256 = new string('0', 64) }));
        await Refused(() => host.Feed.Apply(ledger with { Tuple = new ImageReference("other.example", "a/b", "1") }));
        await Refused(() => host.Feed.Apply(package with { PackageId = new string('0', 64) }));
        await Refused(() => host.Feed.Apply(package with { CanonicalPackage = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(package.CanonicalPackage).Replace("2026-04-22", "2027-04-22")) }));
        await Refused(() => host.Feed.Apply(package with { CanonicalPackage = "null"u8.ToArray() }));
        await Refused(() => host.Feed.Apply(package with { CanonicalPackage = "{\"schema\""u8.ToArray() }));
        await Refused(() => host.Feed.Apply(package with { CanonicalPackage = ledger.CanonicalLedger }));

        async Task Refused(Func<Task<FeedOutcome>> apply)
        {
            MalformedFeedException e = await Assert.ThrowsAsync<MalformedFeedException>(apply);
            Assert.DoesNotContain(random.Secrets, s => Leaks.Shows(e.ToString(), s));
        }
    }

    [Fact]
    public async Task Everything_is_there_after_a_restart_and_under_a_new_key_by_new_names()
    {
        var random = new RandomDocument(5);
        await using (HandoffHost host = await StartAsync())
        {
            await host.Feed.Apply(HandoffHost.Prepared(random, 1), None);
            await host.Feed.Apply(HandoffHost.Changed(random, 1), None);
        }

        await using (HandoffHost again = await StartAsync())
        {
            Assert.Single(await PackagesOf(again, random));
        }

        var other = TokenKey.Generate();
        await using HandoffHost rekeyed = await StartAsync(other);
        await Assert.ThrowsAsync<RpcException>(() => PackagesOf(rekeyed, random));
        string id = Assert.Single((await rekeyed.Client.ListLedgersAsync(new ListLedgersRequest())).Ledgers).Tuple.Id;
        Assert.Equal(new Masker(other).TupleId(random.Tuple), id);
    }

    private static string NameOf(RandomDocument random) => "tuples/" + new Masker(HandoffHost.Key).TupleId(random.Tuple);

    private static async Task<IReadOnlyList<CorrectionPackage>> PackagesOf(HandoffHost host, RandomDocument random) =>
        (await host.Client.ListCorrectionPackagesAsync(new ListCorrectionPackagesRequest { Parent = NameOf(random) })).Packages;

    private static IEnumerable<int[]> Orders(int[] items) => items.Length <= 1
        ? [items]
        : items.SelectMany(first => Orders([.. items.Where(i => i != first)]).Select(rest => (int[])[first, .. rest]));

    public async ValueTask DisposeAsync()
    {
        await _place.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private Task<HandoffHost> StartAsync(TokenKey? key = null) => HandoffHost.StartAsync(key: key, place: _place);
}

public sealed class Sqlite_messages_in_any_order : When_messages_arrive_in_any_order<SqliteFiles>;

public sealed class SqlServer_messages_in_any_order : When_messages_arrive_in_any_order<SqlServerSchema>;
