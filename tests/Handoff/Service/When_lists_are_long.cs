using Dapper;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Handoff.Masking;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>Lists of packages are found in an index, whatever they are filtered by, and hold what their reader may know of.</summary>
public abstract class When_lists_are_long<TPlace> : IAsyncDisposable
    where TPlace : StorePlace, new()
{
    private static readonly DateTimeOffset Far = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Long = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TPlace _place = new();

    [Fact]
    public async Task Pages_of_a_scoped_caller_are_full()
    {
        await using HandoffHost host = await HandoffHost.StartAsync(place: _place);
        RandomDocument[] randoms = [.. Enumerable.Range(0, 24).Select(Documents.WithHold).DistinctBy(d => d.Tuple.Coordinates).Take(12)];
        foreach (RandomDocument random in randoms)
        {
            await host.Feed.Apply(HandoffHost.Changed(random, 1));
            await host.Feed.Apply(HandoffHost.Prepared(random, 1));
        }

        string[] mine = [.. randoms.Where((_, i) => i % 3 == 0).Select(d => d.Tuple.Coordinates)];
        HashSet<string> ids = [.. randoms.Where((_, i) => i % 3 == 0).Select(d => new Masker(HandoffHost.Key).TupleId(d.Tuple))];
        using GrpcChannel channel = host.ChannelOf(HandoffHost.TokenOf([Role.Viewer], mine));
        var client = new HandoffService.HandoffServiceClient(channel);

        Assert.Equal([3, 1], await PagesAsync(async token =>
        {
            ListCorrectionPackagesResponse page = await client.ListCorrectionPackagesAsync(new ListCorrectionPackagesRequest { Parent = "tuples/-", PageSize = 3, PageToken = token });
            return (page.Packages.Select(p => p.Tuple.Id), page.NextPageToken);
        }));
        Assert.Equal([3, 1], await PagesAsync(async token =>
        {
            ListLedgersResponse page = await client.ListLedgersAsync(new ListLedgersRequest { PageSize = 3, PageToken = token });
            return (page.Ledgers.Select(l => l.Tuple.Id), page.NextPageToken);
        }));
        ListHoldsResponse holds = await client.ListHoldsAsync(new ListHoldsRequest { Parent = "tuples/-", PageSize = 5 });
        Assert.Equal(5, holds.Holds.Count);
        Assert.All(holds.Holds, h => Assert.Contains(h.Tuple.Id, ids));

        // A repository that comes later is known at once.
        RandomDocument later = Enumerable.Range(500, 50).Select(Documents.WithHold).First(d => randoms.All(r => r.Tuple.Coordinates != d.Tuple.Coordinates));
        using GrpcChannel wide = host.ChannelOf(HandoffHost.TokenOf([Role.Viewer], later.Tuple.Coordinates));
        var other = new HandoffService.HandoffServiceClient(wide);
        Assert.Empty((await other.ListLedgersAsync(new ListLedgersRequest())).Ledgers);
        await host.Feed.Apply(HandoffHost.Changed(later, 1));
        Assert.Single((await other.ListLedgersAsync(new ListLedgersRequest())).Ledgers);

        async Task<List<int>> PagesAsync(Func<string, Task<(IEnumerable<string> Ids, string Next)>> page)
        {
            var sizes = new List<int>();
            string token = "";
            do
            {
                (IEnumerable<string> shown, token) = await page(token);
                sizes.Add(shown.Count());
                Assert.All(shown, id => Assert.Contains(id, ids));
            }
            while (token.Length > 0);

            return sizes;
        }
    }

    [Fact]
    public async Task Filtered_pages_lose_and_repeat_nothing_while_others_arrive()
    {
        await using HandoffHost host = await HandoffHost.StartAsync(place: _place);
        RandomDocument mine = Documents.WithHold(1);
        foreach (int revision in Enumerable.Range(1, 7))
        {
            await host.Feed.Apply(HandoffHost.Prepared(mine, revision));
            await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(100 + revision), 1));
        }

        string token = new Masker(HandoffHost.Key).RepositoryToken(mine.Tuple.Repository);
        string reason = (await host.Client.ListCorrectionPackagesAsync(new ListCorrectionPackagesRequest { Parent = "tuples/-", RepositoryToken = token })).Packages[0].HoldReasons[0];
        int arrives = 1000;
        foreach (string order in new[] { "desc", "asc" })
        {
            foreach (ListCorrectionPackagesRequest request in new[]
            {
                new ListCorrectionPackagesRequest { RepositoryToken = token }, new ListCorrectionPackagesRequest { HoldReason = reason },
                new ListCorrectionPackagesRequest { HoldReason = reason, RepositoryToken = token, State = PackageState.Superseded },
            })
            {
                request.Parent = "tuples/-";
                request.OrderBy = order;
                request.PageSize = 200;
                List<string> expected = [.. (await host.Client.ListCorrectionPackagesAsync(request)).Packages.Select(p => p.Name)];
                Assert.True(expected.Count >= 6);
                var seen = new List<string>();
                request.PageSize = 2;
                do
                {
                    ListCorrectionPackagesResponse page = await host.Client.ListCorrectionPackagesAsync(request);
                    seen.AddRange(page.Packages.Select(p => p.Name));
                    request.PageToken = page.NextPageToken;
                    await host.Feed.Apply(HandoffHost.Changed(new RandomDocument(arrives), 1));

                    // Each beyond the beginning of the list.
                    DateTimeOffset beyond = order == "desc" ? Far.AddMinutes(arrives) : Long.AddMinutes(-arrives);
                    await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(arrives++), 1) with { PreparedAt = beyond });
                }
                while (request.PageToken.Length > 0);

                Assert.Equal(expected, seen);
            }
        }
    }

    [Fact]
    public async Task Another_token_key_moves_repositories_to_their_new_tokens()
    {
        RandomDocument random = Documents.WithHold(1);
        await using (HandoffHost host = await HandoffHost.StartAsync(place: _place))
        {
            await host.Feed.Apply(HandoffHost.Prepared(random, 1));
        }

        TokenKey key = TokenKey.Parse(System.Text.Encoding.ASCII.GetBytes(new string('8', 64)));
        await using HandoffHost other = await HandoffHost.StartAsync(key: key, place: _place);
        Assert.Single(await OfAsync(new Masker(key)));
        Assert.Empty(await OfAsync(new Masker(HandoffHost.Key)));

        async Task<IReadOnlyList<CorrectionPackage>> OfAsync(Masker masker) => (await other.Client.ListCorrectionPackagesAsync(
            new ListCorrectionPackagesRequest { Parent = "tuples/-", RepositoryToken = masker.RepositoryToken(random.Tuple.Repository) })).Packages;
    }

    public async ValueTask DisposeAsync()
    {
        await _place.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class Sqlite_lists : When_lists_are_long<SqliteFiles>
{
    /// <summary>As SQLite's own planner says, on the service's schema.</summary>
    [Fact]
    public async Task Each_filter_is_one_seek()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        IStore store = host.Services.GetRequiredService<HandoffStore>().Store;
        foreach ((string name, PackageFilter filter) in PackageListStatements.Single())
        {
            IReadOnlyList<string> steps = await store.ReadAsync(s => StepsAsync(s, PackageListStatements.For(s.Engine).Page(filter)), CancellationToken.None);
            Assert.Contains(steps, step => step.StartsWith("SEARCH o USING ", StringComparison.Ordinal));
            Assert.DoesNotContain(steps, step => step.StartsWith("SCAN", StringComparison.Ordinal) || step.Contains("TEMP B-TREE", StringComparison.Ordinal));
            string index = filter.HoldReason is not null || filter.RepositoryToken is not null ? "list=? AND value=? AND (prepared_at,package_no)"
                : filter.State is not null ? "package_by_state_and_age (state=? AND "
                : filter.ReleaseTrain is not null ? "package_by_train_and_age (release_train=? AND "
                : filter.TupleId is not null ? "package_by_tuple_and_age (tuple_no=? AND "
                : "package_by_age (";
            Assert.True(steps.Any(step => step.Contains(index, StringComparison.Ordinal)), $"{name}: {string.Join("; ", steps)}");
        }
    }

    /// <summary>SQLite reads a row from its beginning: what stands after tens of thousands of characters costs as much as they do.</summary>
    [Fact]
    public async Task Content_stands_last_in_its_row()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        IStore store = host.Services.GetRequiredService<HandoffStore>().Store;
        var tables = (await store.ReadAsync(
            s => s.Connection.QueryAsync<(string Table, string Column)>(
                "select m.name, c.name from sqlite_schema m, pragma_table_info(m.name) c where m.type = 'table' order by m.name, c.cid", transaction: s.Transaction),
            CancellationToken.None)).GroupBy(c => c.Table, c => c.Column).Where(t => t.Contains("content")).ToList();
        Assert.Equal(["ledger", "ledger_history", "package"], tables.Select(t => t.Key));
        Assert.All(tables, t => Assert.Equal("content", t.Last()));
    }

    /// <summary>The steps by which the keys of a page are found.</summary>
    private static async Task<IReadOnlyList<string>> StepsAsync(StoreSnapshot snapshot, string sql)
    {
        var rows = (await snapshot.Connection.QueryAsync<(long Id, long Parent, long Unused, string Detail)>(
            "explain query plan " + sql,
            new
            {
                PreparedAt = "", PackageNo = 0, limit = 1, TupleId = "", RepositoryToken = "", State = "", ReleaseTrain = "", HoldReason = "", PreparedFrom = "", PreparedBefore = "",
            },
            snapshot.Transaction)).ToList();
        long keys = rows.Single(r => r.Detail is "CO-ROUTINE k" or "MATERIALIZE k").Id;
        return [.. rows.Where(r => r.Parent == keys).Select(r => r.Detail)];
    }
}

public sealed class SqlServer_lists : When_lists_are_long<SqlServerSchema>;
