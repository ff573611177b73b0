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

    public async Task RestartAsync()
    {
        await Store.DisposeAsync();
        Store = await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
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
