using Microsoft.Data.Sqlite;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Distributed.Deployed;

/// <summary>
/// Where the services keep what they know: the one place of this project that knows the engine. SQLite files that the
/// replicas of a service share on this machine, or, where <see cref="Variable"/> says so, a SQL Server.
/// </summary>
internal abstract class Stores : IDisposable
{
    /// <summary>The engine of this run: <c>sqlite</c>, which is the default, or <c>sqlserver</c>.</summary>
    public const string Variable = "DISTRIBUTED_STORE";

    /// <summary>The engine that this run is on, with stores that are new.</summary>
    public static Stores Choose(Scratch scratch) => Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" or "sqlite" => new SharedFiles(scratch["data"]),
        "sqlserver" => new SqlServerSchemas(),
        _ => throw new InvalidOperationException($"{Variable} is neither sqlite nor sqlserver"),
    };

    /// <summary>The settings with which a service finds its store.</summary>
    public abstract IEnumerable<(string Name, string Value)> Settings(Role role);

    /// <summary>The folder of a service's store; null where it is a server's.</summary>
    public virtual string? FolderOf(Role role) => null;

    /// <summary>Holds the write lock of a service's store, from this process, until it is disposed of.</summary>
    public abstract Task<IAsyncDisposable> LockAsync(Role role);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    private sealed class SharedFiles(string folder) : Stores
    {
        public override string FolderOf(Role role) => Path.Combine(folder, role.Name);

        public override IEnumerable<(string Name, string Value)> Settings(Role role) =>
        [
            ("Store:Engine", "sqlite"),
            ("Store:DataFolder", FolderOf(role)),
            ("Store:Shared", "true"),
            ("Store:TimeoutSeconds", "3"),
        ];

        public override async Task<IAsyncDisposable> LockAsync(Role role)
        {
            var connection = new SqliteConnection($"Data Source={Path.Combine(FolderOf(role), $"{role.Name}.db")};Pooling=False");
            await connection.OpenAsync();
            using SqliteCommand begin = connection.CreateCommand();
            begin.CommandText = "begin immediate";
            await begin.ExecuteNonQueryAsync();
            return connection;
        }
    }
}
