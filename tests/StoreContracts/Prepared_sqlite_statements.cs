using Dapper;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Storage.Sqlite;

namespace ReleaseIntegrity.Tests.StoreContracts;

/// <summary>Statements stay prepared between transactions; a call sees nothing of the one before it.</summary>
public sealed class Prepared_sqlite_statements : IAsyncDisposable
{
    private const string Insert = "insert into note (id, body) values (@id, @body)";
    private const string Body = "select body from note where id = @id";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("release-integrity-prepared-");
    private readonly IStore _store;

    public Prepared_sqlite_statements() => _store = SqliteStore.Open(
        new SqliteStoreOptions { Path = Path.Combine(_folder.FullName, "notes.db") }, new MigrationSet("notes", typeof(Prepared_sqlite_statements).Assembly));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_statement_that_failed_or_was_left_half_read_is_whole_again()
    {
        await _store.WriteAsync(tx => tx.ExecuteAsync(Insert, new { id = 1, body = "a" }), Ct);
        Exception e = await Assert.ThrowsAnyAsync<Exception>(
            () => _store.WriteAsync(tx => tx.ExecuteAsync(Insert, new { id = 2, body = "a" }), Ct));
        Assert.True(_store.IsUniqueViolation(e));
        await _store.WriteAsync(tx => tx.ExecuteAsync(Insert, new { id = 2, body = "b" }), Ct);
        await _store.ReadAsync(s => s.Connection.QueryFirstAsync<string>("select body from note order by id", transaction: s.Transaction), Ct);
        await _store.WriteAsync(tx => tx.ExecuteAsync("delete from note where id = 1"), Ct);
        Assert.Equal("b", await _store.ReadAsync(s => s.Connection.QueryFirstAsync<string>("select body from note order by id", transaction: s.Transaction), Ct));
    }

    [Fact]
    public async Task A_parameter_of_the_call_before_is_not_taken_for_a_missing_one()
    {
        await _store.WriteAsync(tx => tx.ExecuteAsync(Insert, new { id = 1, body = "a" }), Ct);
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => _store.WriteAsync(tx => tx.ExecuteAsync(Insert, new { id = 2 }), Ct));
    }

    [Fact]
    public async Task One_text_serves_two_readers_at_once_and_lists_of_any_length()
    {
        await _store.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync(Insert, Enumerable.Range(1, 5).Select(id => new { id, body = $"{id}" }));
                await using var outer = await tx.Connection.ExecuteReaderAsync(Body, new { id = 1 }, tx.Transaction);
                Assert.True(await outer.ReadAsync(Ct));
                Assert.Equal("2", await tx.SingleAsync<string>(Body, new { id = 2 }));
                Assert.Equal("1", outer.GetString(0));
            },
            Ct);
        foreach (int[] ids in new int[][] { [1, 2], [3], [1, 2, 3, 4], [3] })
        {
            Assert.Equal(ids.Length, await _store.ReadAsync(s => s.SingleAsync<long>("select count(*) from note where id in @ids", new { ids }), Ct));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
