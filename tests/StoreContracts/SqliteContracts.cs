using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Storage.Sqlite;

namespace ReleaseIntegrity.Tests.StoreContracts;

public sealed class Sqlite_store : StoreContract<SqliteUnderTest>
{
    [Fact]
    public async Task Writes_are_serial_so_a_read_then_write_loses_no_update()
    {
        await InsertAsync(0, "0");
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Engine.Store.WriteAsync(
            async tx =>
            {
                string body = await tx.SingleAsync<string>("select body from note where id = 0");
                await Task.Yield();
                string next = (int.Parse(body, System.Globalization.CultureInfo.InvariantCulture) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
                await tx.ExecuteAsync("update note set body = @next where id = 0", new { next });
            },
            Ct)));
        Assert.Equal(["100"], await BodiesAsync());
    }

    [Fact]
    public void A_second_store_on_the_file_is_refused_with_what_to_do()
    {
        StoreException e = Assert.Throws<StoreException>(
            () => SqliteStore.Open(new SqliteStoreOptions { Path = Engine.Path }));
        Assert.Contains("choose another data folder", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_of_a_newer_version_is_refused()
    {
        await Engine.Store.WriteAsync(
            tx => tx.ExecuteAsync("update SchemaVersions set ScriptName = 'notes/0099_future.sql' where ScriptName like 'notes/%'"), Ct);
        StoreException e = await Assert.ThrowsAsync<StoreException>(Engine.RestartAsync);
        Assert.Contains("notes/0099_future.sql", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commits_are_flushed_and_shared()
    {
        (string journal, long synchronous) = await Engine.Store.WriteAsync(
            async tx => (
                await tx.SingleAsync<string>("PRAGMA journal_mode"), await tx.SingleAsync<long>("PRAGMA synchronous")), Ct);
        Assert.Equal(("wal", 2), (journal, synchronous));

        // Writes that wait behind a slow one share its transaction, and so its flush.
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var transactions = new ConcurrentBag<DbTransaction>();
        Task slow = Engine.Store.WriteAsync(_ => gate.Task, Ct);
        Task[] waiting =
        [
            .. Enumerable.Range(1, 50).Select(i => Engine.Store.WriteAsync(
                async tx =>
                {
                    transactions.Add(tx.Transaction);
                    await tx.ExecuteAsync("insert into note (id, body) values (@i, @i)", new { i });
                },
                Ct)),
        ];
        Assert.DoesNotContain(waiting, w => w.IsCompleted);
        gate.SetResult();
        await Task.WhenAll([slow, .. waiting]);
        Assert.Equal(50, (await BodiesAsync()).Count);
        Assert.Single(transactions.Distinct());
    }

    [Fact]
    public async Task A_file_that_another_process_has_locked_is_a_transient_failure()
    {
        await Engine.Store.DisposeAsync();
        await using SqliteStore store = SqliteStore.Open(
            new SqliteStoreOptions { Path = Engine.Path, BusyTimeout = TimeSpan.FromSeconds(1) }, new MigrationSet("notes", GetType().Assembly));
        await using var other = new SqliteConnection($"Data Source={Engine.Path};Pooling=false");
        await other.OpenAsync(Ct);
        await using (SqliteTransaction taken = other.BeginTransaction(deferred: false))
        {
            Exception e = (await Record.ExceptionAsync(
                () => store.WriteAsync(tx => tx.ExecuteAsync("delete from note"), Ct)))!;
            Assert.True(store.IsTransient(e));
        }

        await store.WriteAsync(tx => tx.ExecuteAsync("delete from note"), Ct);
    }
}

public sealed class Sqlite_batches : BatchContract<SqliteUnderTest>;

public sealed class Sqlite_outbox : OutboxContract<SqliteUnderTest>;

public sealed class Sqlite_timers : TimersContract<SqliteUnderTest>;

public sealed class Shared_sqlite_outbox : OutboxContract<SharedSqliteUnderTest>;

public sealed class Shared_sqlite_timers : TimersContract<SharedSqliteUnderTest>;

public sealed class Shared_sqlite_stress : StressContract<SharedSqliteUnderTest>;
