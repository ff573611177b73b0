using ReleaseIntegrity.Storage.Sqlite;
using ReleaseIntegrity.Storage.SqlServer;

namespace ReleaseIntegrity.Storage;

/// <summary>Opens a service's store on whichever engine its options name.</summary>
public static class Stores
{
    /// <summary>
    /// Opens the store, and brings its schema up to date where the options say so.
    /// </summary>
    /// <param name="options">Where it is; start from <see cref="StoreOptions.Of"/>.</param>
    /// <param name="migrations">The service's own scripts; the plumbing's are run before them.</param>
    /// <exception cref="StoreException">
    /// The options can not work, the store can not be reached, is in use, or is of another version; the message says what
    /// to do.
    /// </exception>
    public static IStore Open(StoreOptions options, params IReadOnlyList<MigrationSet> migrations)
    {
        Check(options);
        return options.Engine == StoreEngines.Sqlite
            ? SqliteStore.Open(Sqlite(options), migrations)
            : SqlServerStore.Open(SqlServer(options), migrations);
    }

    /// <summary>Brings the schema up to date, whatever the options say about the start; what <c>migrate</c> does.</summary>
    /// <param name="options">Where it is; on SQL Server with a login that may change the schema.</param>
    /// <param name="migrations">The service's own scripts; the plumbing's are run before them.</param>
    /// <returns>The scripts that it ran, in their order; none where the schema was up to date.</returns>
    /// <exception cref="StoreException">As of <see cref="Open"/>.</exception>
    public static async Task<IReadOnlyList<string>> MigrateAsync(StoreOptions options, params IReadOnlyList<MigrationSet> migrations)
    {
        Check(options);
        if (options.Engine == StoreEngines.SqlServer)
        {
            return SqlServerStore.Migrate(SqlServer(options) with { Migrate = true }, migrations);
        }

        await using var store = SqliteStore.Open(Sqlite(options) with { Migrate = true }, migrations);
        return store.Applied;
    }

    private static void Check(StoreOptions options)
    {
        IReadOnlyList<string> refusals = options.Refusals();
        if (refusals.Count > 0)
        {
            throw new StoreException(string.Join('\n', refusals));
        }
    }

    private static SqliteStoreOptions Sqlite(StoreOptions options) => new()
    {
        Path = options.Path,
        Shared = options.Shared,
        BusyTimeout = TimeSpan.FromSeconds(options.TimeoutSeconds),
        Migrate = options.MigrateAtStart ?? true,
    };

    private static SqlServerStoreOptions SqlServer(StoreOptions options) => new()
    {
        ConnectionString = options.ConnectionString,
        Schema = options.Schema,
        CommandTimeout = TimeSpan.FromSeconds(options.TimeoutSeconds),
        Migrate = options.MigrateAtStart ?? false,
    };
}
