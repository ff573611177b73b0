using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.StoreContracts;

/// <summary>A schema of a SQL Server database of its own.</summary>
public sealed class SqlServerUnderTest : StoreUnderTest
{
    private SqlServerDatabase? _database;

    public SqlServerDatabase Database => _database!;

    protected override async Task<IStore> OpenAsync()
    {
        _database ??= await SqlServers.CreateAsync("notes");
        return await _database.OpenAsync(Notes);
    }

    protected override async Task DropAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }
}

public sealed class SqlServer_store : StoreContract<SqlServerUnderTest>
{
    [Fact]
    public async Task The_service_may_not_change_its_schema()
    {
        Exception e = (await Record.ExceptionAsync(
            () => Engine.Store.WriteAsync(tx => tx.ExecuteAsync("create table notes.other (id int)"), Ct)))!;
        Assert.False(Engine.Store.IsTransient(e));
        StoreOptions options = Engine.Database.Options;
        options.MigrateAtStart = true;
        await using IStore again = Stores.Open(options, new MigrationSet("notes", GetType().Assembly));
    }

    [Fact]
    public async Task Replicas_that_start_at_once_migrate_one_after_the_other()
    {
        StoreOptions options = Engine.Database.Migrator;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Stores.MigrateAsync(options, new MigrationSet("notes", GetType().Assembly)))));
    }

    [Fact]
    public void A_login_with_another_default_schema_is_refused_with_the_statement_that_changes_it()
    {
        StoreOptions options = Engine.Database.Options;
        options.Schema = "elsewhere";
        StoreException e = Assert.Throws<StoreException>(() => Stores.Open(options));
        Assert.Contains("with default_schema = [elsewhere]", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_of_a_newer_version_is_refused()
    {
        await Engine.Store.WriteAsync(
            tx => tx.ExecuteAsync("update SchemaVersions set ScriptName = 'notes/0099_future.sql' where ScriptName = 'notes/0002_thing.sql'"), Ct);
        StoreException e = await Assert.ThrowsAsync<StoreException>(Engine.RestartAsync);
        Assert.Contains("notes/0099_future.sql", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writers_that_meet_in_a_deadlock_both_finish()
    {
        await InsertAsync(1, "one");
        await InsertAsync(2, "two");
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Engine.Store.WriteAsync(
            async tx =>
            {
                int first = 1 + (i % 2);
                await tx.ExecuteAsync("update note set written_at = @now where id = @first", new { now = DateTimeOffset.UtcNow, first });
                await tx.ExecuteAsync("update note set written_at = @now where id = @second", new { now = DateTimeOffset.UtcNow, second = 3 - first });
            },
            Ct)));
    }
}

public sealed class SqlServer_batches : BatchContract<SqlServerUnderTest>;

public sealed class SqlServer_outbox : OutboxContract<SqlServerUnderTest>;

public sealed class SqlServer_timers : TimersContract<SqlServerUnderTest>;

public sealed class SqlServer_stress : StressContract<SqlServerUnderTest>;

public sealed class SqlServer_is_there
{
    /// <summary>The script of the SQL Server run asks for this one first.</summary>
    [Fact]
    public async Task A_database_can_be_made_provisioned_and_dropped()
    {
        await using SqlServerDatabase database = await SqlServers.CreateAsync("notes");
        await using IStore store = await database.OpenAsync();
        Assert.Equal(1, await store.ReadAsync(s => s.SingleAsync<int>("select 1"), TestContext.Current.CancellationToken));
    }
}
