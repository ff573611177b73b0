using System.Collections.Concurrent;
using System.Diagnostics;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Distributed.Deployed;

/// <summary>
/// A SQL Server, with a database, a schema and two logins per service, as an administrator provisions them. The service's
/// own <c>migrate</c> command makes the schema with the one login; its replicas run with the other, which may not change it.
/// </summary>
internal sealed class SqlServerSchemas : Stores
{
    private static readonly TimeSpan MigrationLimit = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<string, Lazy<SqlServerDatabase>> _databases = new(StringComparer.Ordinal);

    public override IEnumerable<(string Name, string Value)> Settings(Role role) => Settings(DatabaseOf(role).Options);

    public override Task<IAsyncDisposable> LockAsync(Role role) => DatabaseOf(role).LockAsync();

    public override void Dispose()
    {
        foreach (Lazy<SqlServerDatabase> database in _databases.Values.Where(d => d.IsValueCreated))
        {
            database.Value.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        base.Dispose();
    }

    private static IEnumerable<(string Name, string Value)> Settings(StoreOptions options) =>
    [
        ("Store:Engine", options.Engine),
        ("Store:ConnectionString", options.ConnectionString),
        ("Store:Schema", options.Schema),
        ("Store:TimeoutSeconds", "3"),
    ];

    private SqlServerDatabase DatabaseOf(Role role) =>
        _databases.GetOrAdd(role.Name, _ => new Lazy<SqlServerDatabase>(() => CreateAsync(role).GetAwaiter().GetResult())).Value;

    private static async Task<SqlServerDatabase> CreateAsync(Role role)
    {
        SqlServerDatabase database = await SqlServers.CreateAsync(StoreOptions.Of(role.Name).Schema);
        ProcessStartInfo start = role.Program.Start("migrate");
        foreach ((string name, string value) in Settings(database.Migrator))
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        start.Environment["Store__TimeoutSeconds"] = "60";
        Outcome migrated = await Outcome.OfAsync(start, MigrationLimit);
        Assert.True(migrated.Code == 0, $"migrating {role.Name} ended with {migrated.Code}\n{migrated.Output}\n{migrated.Error}");
        return database;
    }
}
