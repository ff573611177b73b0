using ReleaseIntegrity.Reconciling;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Storage.Sqlite;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>How the suites get at a reconciler's store of one engine: an empty one, and the same one after a restart.</summary>
public abstract class EngineUnderTest : IAsyncLifetime
{
    protected static MigrationSet Migrations { get; } = new(ReconcilerServices.Key, typeof(ReconcilerServices).Assembly);

    public IStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    /// <summary>Another store on the same database, as another process opens it; the caller closes it.</summary>
    public Task<IStore> OpenAnotherAsync() => OpenAsync();

    public async Task RestartAsync()
    {
        await Store.DisposeAsync();
        Store = await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // There is none where the engine could not be had.
        await (Store?.DisposeAsync() ?? ValueTask.CompletedTask);
        await DropAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<IStore> OpenAsync();

    protected abstract Task DropAsync();
}

/// <summary>A SQLite file in a folder of its own.</summary>
public sealed class SqliteUnderTest : EngineUnderTest
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("release-integrity-reconciler-");

    protected override Task<IStore> OpenAsync() => Task.FromResult<IStore>(SqliteStore.Open(
        new SqliteStoreOptions { Path = Path.Combine(_folder.FullName, "reconciler.db") }, Migrations));

    protected override Task DropAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }
}

/// <summary>The same, opened so that several processes may use it.</summary>
public sealed class SharedSqliteUnderTest : EngineUnderTest
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("release-integrity-reconcilers-");

    protected override Task<IStore> OpenAsync() => Task.FromResult<IStore>(SqliteStore.Open(
        new SqliteStoreOptions { Path = Path.Combine(_folder.FullName, "reconciler.db"), Shared = true, BusyTimeout = TimeSpan.FromMinutes(1) },
        Migrations));

    protected override Task DropAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }
}
