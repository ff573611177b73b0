using System.Data;
using System.Runtime.ExceptionServices;
using Microsoft.Data.SqlClient;

namespace ReleaseIntegrity.Storage.SqlServer;

/// <summary>
/// A store in one schema of a SQL Server database, shared by any number of processes. Writes run as READ COMMITTED
/// transactions on row versions, so they wait for each other only where they change the same rows or take the same
/// lock; reads run as SNAPSHOT transactions and wait for nobody. Both need database options, which opening checks.
/// <para>
/// A write that meets a deadlock, a conflict, a timeout or a lost server before its commit is run again, a bounded
/// number of times and after a pause with some chance in it. A failure of the commit itself is thrown, since the work
/// may be done.
/// </para>
/// </summary>
public sealed class SqlServerStore : IStore
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly SqlServerStoreOptions _options;
    private readonly SqlServerDialect _dialect;
    private readonly string _connectionString;
    private readonly AsyncLocal<bool> _inside = new();

    private SqlServerStore(SqlServerStoreOptions options)
    {
        _options = options;
        _dialect = new SqlServerDialect(options.Schema);
        _connectionString = options.Connection();
    }

    /// <inheritdoc/>
    public string Engine => StoreEngines.SqlServer;

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <summary>Connects, checks the database, and brings the schema up to date or makes sure that it is.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="migrations">The service's own scripts; the plumbing's are run before them.</param>
    /// <exception cref="StoreException">
    /// The server does not answer, an option of the database or the user is missing, the schema is of another version, or
    /// a migration failed.
    /// </exception>
    public static SqlServerStore Open(SqlServerStoreOptions options, params IReadOnlyList<MigrationSet> migrations)
    {
        StoredTypes.Register();
        SqlServerStart.Check(options, asService: true);
        SqlServerStart.UpdateSchema(options, [MigrationSet.Plumbing, .. migrations]);
        return new SqlServerStore(options);
    }

    /// <summary>Brings the schema up to date and opens no store; the login need not be the service's own.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="migrations">The service's own scripts; the plumbing's are run before them.</param>
    /// <returns>The scripts that it ran, in their order; none where the schema was up to date.</returns>
    /// <exception cref="StoreException">As of <see cref="Open"/>.</exception>
    public static IReadOnlyList<string> Migrate(SqlServerStoreOptions options, params IReadOnlyList<MigrationSet> migrations)
    {
        SqlServerStart.Check(options, asService: false);
        return SqlServerStart.UpdateSchema(options with { Migrate = true }, [MigrationSet.Plumbing, .. migrations]);
    }

    /// <inheritdoc/>
    public async Task<T> ReadAsync<T>(Func<StoreSnapshot, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var connection = new SqlConnection(_connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(
            IsolationLevel.Snapshot, cancellationToken);
        T result = await read(new StoreSnapshot(_dialect, connection, transaction, cancellationToken));
        await transaction.CommitAsync(CancellationToken.None);
        return result;
    }

    /// <inheritdoc/>
    public async Task<T> WriteAsync<T>(Func<StoreTransaction, Task<T>> write, CancellationToken cancellationToken)
    {
        if (_inside.Value)
        {
            throw new InvalidOperationException(
                "a write may not write to its own store, it could wait for itself: use the transaction that it was given");
        }

        _inside.Value = true;
        int transient = 0;
        int duplicate = 0;
        while (true)
        {
            try
            {
                return await WriteOnceAsync(write, cancellationToken);
            }
            catch (CommitException e)
            {
                // It may be done: whoever called knows whether it may be done twice.
                ExceptionDispatchInfo.Throw(e.InnerException!);
            }
            catch (SqlException e) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException("the write was cancelled", e, cancellationToken);
            }
            catch (Exception e) when (IsTransient(e) && ++transient < _options.TransientAttempts)
            {
            }
            catch (Exception e) when (IsUniqueViolation(e) && ++duplicate < _options.DuplicateAttempts)
            {
                // Another transaction inserted the row between our look and our insert: the next look sees it.
            }

            await Task.Delay(Pause(transient + duplicate), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public bool IsTransient(Exception exception) => SqlServerFailures.IsTransient(exception);

    /// <inheritdoc/>
    public bool IsUniqueViolation(Exception exception) => SqlServerFailures.IsUniqueViolation(exception);

    /// <summary>What the server's clock shows, UTC.</summary>
    public async Task<DateTime> ClockAsync(CancellationToken cancellationToken) => DateTime.SpecifyKind(
        await ReadAsync(snapshot => snapshot.SingleAsync<DateTime>(SqlServerStatements.Clock), cancellationToken), DateTimeKind.Utc);

    /// <summary>What the store's login may do.</summary>
    public Task<SqlServerPrivileges> PrivilegesAsync(CancellationToken cancellationToken) => ReadAsync(
        snapshot => snapshot.SingleAsync<SqlServerPrivileges>(SqlServerStatements.Privileges, new { schema = _options.Schema }),
        cancellationToken);

    /// <summary>Closes the connections that are pooled; those in use are closed when they are given back.</summary>
    public async ValueTask DisposeAsync()
    {
        await using var connection = new SqlConnection(_connectionString);
        SqlConnection.ClearPool(connection);
    }

    private async Task<T> WriteOnceAsync<T>(Func<StoreTransaction, Task<T>> write, CancellationToken cancellationToken)
    {
        await using var connection = new SqlConnection(_connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync(
            IsolationLevel.ReadCommitted, cancellationToken);
        var scope = new StoreTransaction(_dialect, connection, transaction, cancellationToken);
        T result = await write(scope);
        try
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            throw new CommitException(e);
        }

        try
        {
            scope.Committed();
        }
        catch (Exception)
        {
            // The write is durable whatever a wake-up does.
        }

        return result;
    }

    // Doubles up to the longest; the half of it that is chance keeps those apart that met before.
    private TimeSpan Pause(int attempt)
    {
        TimeSpan pause = _options.RetryAfter * Math.Pow(2, Math.Min(attempt - 1, 10));
        pause = pause < LongestPause ? pause : LongestPause;
        return pause * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    private sealed class CommitException(Exception inner) : Exception("the commit failed", inner);
}
