using Microsoft.Data.SqlClient;

namespace ReleaseIntegrity.Storage.SqlServer;

/// <summary>How a SQL Server store is opened.</summary>
public sealed record SqlServerStoreOptions
{
    /// <summary>Server, database and login.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>The service's own schema.</summary>
    public required string Schema { get; init; }

    /// <summary>Whether the schema is brought up to date; otherwise a store that lacks a script is refused.</summary>
    public bool Migrate { get; init; }

    /// <summary>How long one statement may take. Default 15 s.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long opening waits for a server that does not answer yet. Default 1 min.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long it waits for another process that changes the schema. Default 10 min.</summary>
    public TimeSpan MigrationTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a write is run in all when it meets transient failures. Default 8.</summary>
    public int TransientAttempts { get; init; } = 8;

    /// <summary>
    /// How often a write is run in all when it meets a duplicate key; then that is thrown. Default 8: of writers that meet
    /// on many new rows, each run can find another one that was inserted in between.
    /// </summary>
    public int DuplicateAttempts { get; init; } = 8;

    /// <summary>First pause before a write is run again; it doubles up to 1 s, and half of it is chance. Default 10 ms.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The connection string with what the store relies on.</summary>
    internal string Connection() => new SqlConnectionStringBuilder(ConnectionString)
    {
        ApplicationName = $"release-integrity {Schema}",
        CommandTimeout = (int)CommandTimeout.TotalSeconds,
        MultipleActiveResultSets = false,
        Enlist = false,
    }.ToString();
}
