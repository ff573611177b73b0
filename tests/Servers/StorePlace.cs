using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.Servers;

/// <summary>Where a service of a test keeps its state, which outlives the service; one class per engine.</summary>
public abstract class StorePlace : IAsyncDisposable
{
    /// <summary>The settings with which a service opens its store; its schema is up to date.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="migrations">Its scripts.</param>
    public abstract Task<StoreOptions> OptionsAsync(string service, params MigrationSet[] migrations);

    /// <summary>Removes everything.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>SQLite files in a folder of their own, each for one process alone.</summary>
public class SqliteFiles : StorePlace
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("release-integrity-files-");

    /// <summary>Whether several processes may use the files.</summary>
    protected virtual bool Shared => false;

    /// <inheritdoc/>
    public override Task<StoreOptions> OptionsAsync(string service, params MigrationSet[] migrations)
    {
        StoreOptions options = StoreOptions.Of(service);
        options.DataFolder = _folder.FullName;
        options.Shared = Shared;
        return Task.FromResult(options);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The same, opened so that several processes may use them.</summary>
public sealed class SharedSqliteFiles : SqliteFiles
{
    /// <inheritdoc/>
    protected override bool Shared => true;
}

/// <summary>A schema of a SQL Server database of its own, with the service's own login.</summary>
public sealed class SqlServerSchema : StorePlace
{
    private SqlServerDatabase? _database;

    /// <inheritdoc/>
    public override async Task<StoreOptions> OptionsAsync(string service, params MigrationSet[] migrations)
    {
        _database ??= await SqlServers.CreateAsync(StoreOptions.Of(service).Schema);
        await Stores.MigrateAsync(_database.Migrator, migrations);
        return _database.Options;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;
}
