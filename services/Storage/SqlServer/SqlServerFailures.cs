using Microsoft.Data.SqlClient;

namespace ReleaseIntegrity.Storage.SqlServer;

/// <summary>
/// What SQL Server's errors mean for whoever wants to try again. Numbers are those of <c>sys.messages</c>; negative and
/// small ones are the client's own.
/// </summary>
internal static class SqlServerFailures
{
    /// <summary>What a statement of ours raises when it could not get a lock, see <see cref="SqlServerDialect"/>.</summary>
    internal const int LockNotGranted = 51205;

    private const int DuplicateKeyInUniqueIndex = 2601;
    private const int DuplicateKeyInConstraint = 2627;

    private static readonly HashSet<int> Transient =
    [
        // Concurrency: the transaction was undone, or gave up waiting, and may be run again.
        1204,   // no locks to be had
        1205,   // deadlock victim
        1222,   // lock request timed out
        3960,   // snapshot: the row was changed by another transaction
        3961,   // snapshot: the table's definition was changed
        LockNotGranted,

        // Time: the client or the server gave up waiting.
        -2,     // command or connection timeout
        8645,   // no memory grant in time
        8651,   // too little memory for the query
        701,    // out of memory
        17830, 17835, 10928, 10929, // no worker, session or resource to be had

        // The connection, or the way to the server.
        -1, 2, 20, 26, 40, 53, 64, 121, 233, 258, 997, 1225, 1231, 1236,
        10050, 10051, 10052, 10053, 10054, 10060, 10061, 10064, 11001, 11003,
        35, 11002, 4060,            // no route or name yet, database not open yet

        // The server or database stops, starts or moves: restart, failover of a cluster or an availability group.
        596,    // session is being killed
        921, 922, 923, 924, 926, 927, 941, 942, 945,    // database is recovering, restoring, or not open
        976, 978, 979, 982, 983, 988, 1406,             // replica is not primary, not readable, or not joined
        6005, 6006, 17142, 17143, 17148, 18401, 18451, // server is shutting down, paused, or upgrading
        3928, 3930,                 // the transaction is doomed

        // Azure SQL: the database moves, or its resources are used up.
        40143, 40166, 40197, 40501, 40540, 40613, 40648, 42108, 42109, 49918, 49919, 49920, 4221, 615, 617, 669,
    ];

    /// <summary>Whether the same work may succeed later.</summary>
    internal static bool IsTransient(Exception exception) => exception switch
    {
        SqlException sql => sql.Errors.Cast<SqlError>().Any(e => Transient.Contains(e.Number)),
        TimeoutException => true,   // of a connection pool that is used up
        InvalidOperationException { InnerException: SqlException inner } => IsTransient(inner),
        _ => false,
    };

    /// <summary>Whether a primary key or unique index was broken.</summary>
    internal static bool IsUniqueViolation(Exception exception) =>
        exception is SqlException sql
        && sql.Errors.Cast<SqlError>().Any(e => e.Number is DuplicateKeyInUniqueIndex or DuplicateKeyInConstraint);
}
