using Dapper;
using Microsoft.Data.Sqlite;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Tests.Handoff.Masking;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>What a migration makes of the rows that are there is what the service itself would have written.</summary>
public sealed class When_an_older_store_is_opened : IDisposable
{
    /// <summary>The store as it was before lists had places of their own: the reasons by themselves, and no place of a repository.</summary>
    private const string BeforeLists = """
        create table package_reason (
            reason     text    not null,
            package_no integer not null references package (package_no),
            primary key (reason, package_no)
        ) without rowid;
        insert into package_reason (reason, package_no) select value, package_no from package_place where list = 'hold-reason';
        drop table package_place;
        delete from SchemaVersions where ScriptName = 'handoff/0010_lists.sql';
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("handoff-").FullName;

    [Fact]
    public async Task Its_packages_stand_in_the_same_lists()
    {
        RandomDocument[] randoms = [.. Enumerable.Range(0, 8).Select(Documents.WithHold)];
        await using (HandoffHost host = await HandoffHost.StartAsync(folder: _folder, keep: true))
        {
            foreach (RandomDocument random in randoms)
            {
                await host.Feed.Apply(HandoffHost.Changed(random, 1));
                await host.Feed.Apply(HandoffHost.Prepared(random, 1));
                await host.Feed.Apply(HandoffHost.Prepared(random, 2));
            }
        }

        List<(string List, string Value, string At, long Package)> places = await PlacesAsync();
        Assert.Equal(["hold-reason", "repository"], places.Select(p => p.List).Distinct());
        await using (SqliteConnection store = await OpenAsync())
        {
            await store.ExecuteAsync(BeforeLists);
        }

        await using (HandoffHost host = await HandoffHost.StartAsync(folder: _folder, keep: true))
        {
            Assert.Equal(places, await PlacesAsync());
            string repository = places.First(p => p.List == "repository").Value;
            ListCorrectionPackagesResponse listed = await host.Client.ListCorrectionPackagesAsync(
                new ListCorrectionPackagesRequest { Parent = "tuples/-", RepositoryToken = repository, PageSize = 200 });
            Assert.Equal(places.Count(p => p.Value == repository), listed.Packages.Count);
        }
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<List<(string List, string Value, string At, long Package)>> PlacesAsync()
    {
        await using SqliteConnection store = await OpenAsync();
        return [.. await store.QueryAsync<(string, string, string, long)>("select list, value, prepared_at, package_no from package_place order by 1, 2, 3, 4")];
    }

    private async Task<SqliteConnection> OpenAsync()
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "handoff.db")};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }
}
