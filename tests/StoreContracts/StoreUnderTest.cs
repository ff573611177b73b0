using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Storage.Sqlite;

namespace ReleaseIntegrity.Tests.StoreContracts;

/// <summary>How a contract suite gets at a store of one engine: an empty one, and the same one after a restart.</summary>
public abstract class StoreUnderTest : IAsyncLifetime
{
    /// <summary>The scripts of the suites' own tables.</summary>
    protected static MigrationSet Notes { get; } = new("notes", typeof(StoreUnderTest).Assembly);

    /// <summary>The open store.</summary>
    public IStore Store { get; private set; } = null!;

    /// <summary>Another store on the same database, as another process opens it; the caller closes it.</summary>
    public Task<IStore> OpenAnotherAsync() => OpenAsync();

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    /// <summary>Closes the store and opens the same one again.</summary>
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

    /// <summary>Opens the test's database, which is empty at the first call.</summary>
    protected abstract Task<IStore> OpenAsync();

    /// <summary>Removes the test's database.</summary>
    protected abstract Task DropAsync();
}

/// <summary>A SQLite file in a folder of its own.</summary>
public sealed class SqliteUnderTest : StoreUnderTest
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("release-integrity-store-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "store.db");

    protected override Task<IStore> OpenAsync() =>
        Task.FromResult<IStore>(SqliteStore.Open(new SqliteStoreOptions { Path = Path, GroupLimit = 64 }, Notes));

    protected override Task DropAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }
}

/// <summary>The same, opened so that several processes may use it.</summary>
public sealed class SharedSqliteUnderTest : StoreUnderTest
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("release-integrity-shared-");

    protected override Task<IStore> OpenAsync() => Task.FromResult(
        Stores.Open(new StoreOptions { DataFolder = _folder.FullName, FileName = "store.db", Shared = true }, Notes));

    protected override Task DropAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }
}
