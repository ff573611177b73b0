using Google.Protobuf.WellKnownTypes;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Tests.Handoff.Masking;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Handoff.Service;

public abstract class When_a_client_pages<TPlace> : IAsyncDisposable
    where TPlace : StorePlace, new()
{
    private readonly TPlace _place = new();
    private int _seed = 2000;

    [Fact]
    public async Task No_package_is_repeated_or_lost_while_others_arrive()
    {
        await using HandoffHost host = await StartAsync();
        foreach (int seed in Enumerable.Range(0, 23))
        {
            await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(seed), 1));
        }

        var expected = (await host.Client.ListCorrectionPackagesAsync(new ListCorrectionPackagesRequest { Parent = "tuples/-" })).Packages.Select(p => p.Name).ToList();
        Assert.Equal(23, expected.Count);
        var seen = new List<string>();
        string token = "";
        int more = 1000;
        do
        {
            ListCorrectionPackagesResponse page = await host.Client.ListCorrectionPackagesAsync(
                new ListCorrectionPackagesRequest { Parent = "tuples/-", PageSize = 5, PageToken = token });
            seen.AddRange(page.Packages.Select(p => p.Name));
            token = page.NextPageToken;
            await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(more++), 1));
            await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(3), 2));
        }
        while (token.Length > 0);

        Assert.Equal(expected, seen);
    }

    /// <summary>Handed off in another order than prepared: lists go by the age that a steward sees.</summary>
    [Fact]
    public async Task Packages_go_by_age_both_ways_and_within_bounds()
    {
        await using HandoffHost host = await StartAsync();
        DateTimeOffset noon = new(2026, 3, 22, 12, 0, 0, TimeSpan.Zero);
        foreach (int minute in new[] { 3, 0, 4, 1, 1, 2 })
        {
            await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(_seed++), 1) with { PreparedAt = noon.AddMinutes(minute) });
        }

        Assert.Equal([4, 3, 2, 1, 1, 0], await Minutes(new ListCorrectionPackagesRequest()));
        Assert.Equal([4, 3, 2, 1, 1, 0], await Minutes(new ListCorrectionPackagesRequest { OrderBy = "desc", State = PackageState.Prepared }));
        Assert.Equal([0, 1, 1, 2, 3, 4], await Minutes(new ListCorrectionPackagesRequest { OrderBy = "asc" }));
        Assert.Equal([0, 1, 1], await Minutes(new ListCorrectionPackagesRequest { OrderBy = "asc", PreparedBefore = At(2) }));
        Assert.Equal([4, 3, 2], await Minutes(new ListCorrectionPackagesRequest { PreparedFrom = At(2) }));
        Assert.Equal([1, 1], await Minutes(new ListCorrectionPackagesRequest { PreparedFrom = At(1), PreparedBefore = At(2), ReleaseTrain = "rel-2026.03.22.4" }));

        Timestamp At(int minute) => Timestamp.FromDateTimeOffset(noon.AddMinutes(minute));

        async Task<List<int>> Minutes(ListCorrectionPackagesRequest request)
        {
            request.Parent = "tuples/-";
            request.PageSize = 1;
            var minutes = new List<int>();
            var names = new HashSet<string>();
            do
            {
                ListCorrectionPackagesResponse page = await host.Client.ListCorrectionPackagesAsync(request);
                minutes.AddRange(page.Packages.Select(p => p.PrepareTime.ToDateTimeOffset().Minute));
                Assert.All(page.Packages, p => Assert.True(names.Add(p.Name)));
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);

            return minutes;
        }
    }

    [Fact]
    public async Task Ledgers_and_holds_page_completely_too()
    {
        await using HandoffHost host = await StartAsync();
        foreach (int seed in Enumerable.Range(0, 12))
        {
            await host.Feed.Apply(HandoffHost.Changed(new RandomDocument(seed), 1));
        }

        Assert.Equal(
            (await host.Client.ListLedgersAsync(new ListLedgersRequest())).Ledgers.Select(l => l.Name),
            await Pages(async token =>
            {
                ListLedgersResponse page = await host.Client.ListLedgersAsync(new ListLedgersRequest { PageSize = 5, PageToken = token });
                return (page.Ledgers.Select(l => l.Name), page.NextPageToken);
            }));
        var all = (await host.Client.ListHoldsAsync(new ListHoldsRequest { Parent = "tuples/-", PageSize = 200 })).Holds.Select(h => $"{h.Ledger} {h.Id}").ToList();
        Assert.True(all.Count > 20);
        Assert.Equal(all, await Pages(async token =>
        {
            ListHoldsResponse page = await host.Client.ListHoldsAsync(new ListHoldsRequest { Parent = "tuples/-", PageSize = 3, PageToken = token });
            return (page.Holds.Select(h => $"{h.Ledger} {h.Id}"), page.NextPageToken);
        }));
    }

    [Fact]
    public async Task Filters_select_what_they_say()
    {
        await using HandoffHost host = await StartAsync();
        RandomDocument one = Documents.WithHold(1);
        RandomDocument two = Documents.WithHold(200);
        foreach (RandomDocument random in new[] { one, two })
        {
            await host.Feed.Apply(HandoffHost.Changed(random, 1));
            await host.Feed.Apply(HandoffHost.Prepared(random, 1));
            await host.Feed.Apply(HandoffHost.Prepared(random, 2));
        }

        string token = new Masker(HandoffHost.Key).RepositoryToken(one.Tuple.Repository);
        Assert.Equal(2, await Count(new ListCorrectionPackagesRequest { RepositoryToken = token }));
        Assert.Equal(0, await Count(new ListCorrectionPackagesRequest { RepositoryToken = new string('0', 12) }));
        Assert.Equal(2, await Count(new ListCorrectionPackagesRequest { State = PackageState.Prepared }));
        Assert.Equal(1, await Count(new ListCorrectionPackagesRequest { State = PackageState.Superseded, RepositoryToken = token }));
        Assert.Equal(4, await Count(new ListCorrectionPackagesRequest { HoldReason = "authority-missing" }));
        Assert.Equal(0, await Count(new ListCorrectionPackagesRequest { HoldReason = "clock-skew" }));
        Assert.Equal(4, await Count(new ListCorrectionPackagesRequest { ReleaseTrain = "rel-2026.03.22.4" }));
        Assert.Equal(0, await Count(new ListCorrectionPackagesRequest { ReleaseTrain = "rel-1" }));
        ListLedgersResponse ledgers = await host.Client.ListLedgersAsync(new ListLedgersRequest { RepositoryToken = token });
        Assert.Equal($"<repo:{token}>", Assert.Single(ledgers.Ledgers).Tuple.Repository);
        Assert.Equal(2, (await host.Client.ListLedgersAsync(new ListLedgersRequest { OnHold = true })).Ledgers.Count
            + (await host.Client.ListLedgersAsync(new ListLedgersRequest { OnHold = false })).Ledgers.Count);
        string field = Documents.HeldField(one);
        ListHoldsResponse holds = await host.Client.ListHoldsAsync(new ListHoldsRequest { Parent = "tuples/" + ledgers.Ledgers[0].Tuple.Id, Field = field });
        Assert.Equal(field, Assert.Single(holds.Holds).Field);
        Assert.Empty((await host.Client.ListHoldsAsync(new ListHoldsRequest { Parent = "tuples/-", Reason = "clock-skew" })).Holds);
        Assert.All((await host.Client.ListHoldsAsync(new ListHoldsRequest { Parent = "tuples/-", RootOnly = true })).Holds, h => Assert.Equal("", h.Root));

        async Task<int> Count(ListCorrectionPackagesRequest request)
        {
            request.Parent = "tuples/-";
            return (await host.Client.ListCorrectionPackagesAsync(request)).Packages.Count;
        }
    }

    private static async Task<List<string>> Pages(Func<string, Task<(IEnumerable<string> Items, string Next)>> page)
    {
        var all = new List<string>();
        string token = "";
        do
        {
            (IEnumerable<string> items, token) = await page(token);
            all.AddRange(items);
        }
        while (token.Length > 0);

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await _place.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private Task<HandoffHost> StartAsync(TokenKey? key = null) => HandoffHost.StartAsync(key: key, place: _place);
}

public sealed class Sqlite_pages : When_a_client_pages<SqliteFiles>;

public sealed class SqlServer_pages : When_a_client_pages<SqlServerSchema>;
