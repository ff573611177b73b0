using System.Data.Common;
using Dapper;

namespace ReleaseIntegrity.Storage;

/// <summary>One open database transaction, for queries and changes.</summary>
public sealed class StoreTransaction : StoreSnapshot
{
    private List<Action>? _committed;

    internal StoreTransaction(
        IStoreDialect dialect, DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
        : base(dialect, connection, transaction, cancellationToken)
    {
    }

    /// <summary>Runs a statement; returns the rows changed.</summary>
    public Task<int> ExecuteAsync(string sql, object? parameters = null) =>
        Connection.ExecuteAsync(Command(sql, parameters));

    /// <summary>
    /// Runs a statement over many rows; returns how many rows it changed in all. SQLite runs it per row, with the
    /// shape's columns as parameters; SQL Server once, with the rows as the table <c>@rows</c>.
    /// </summary>
    /// <param name="sql">The engine's own spelling.</param>
    /// <param name="shape">What a row looks like.</param>
    /// <param name="rows">The rows; where there are none, nothing is run.</param>
    /// <param name="shared">Parameters that are the same for all rows.</param>
    public Task<int> ExecuteRowsAsync<T>(
        string sql, RowShape<T> shape, IReadOnlyCollection<T> rows, params SharedValue[] shared) =>
        rows.Count == 0 ? Task.FromResult(0) : Dialect.ExecuteAsync(this, sql, shape, rows, shared);

    /// <summary>
    /// The same for a statement that returns rows, such as what it has inserted: <c>returning</c> on SQLite,
    /// <c>output</c> on SQL Server. Their order says nothing.
    /// </summary>
    public Task<IReadOnlyList<TResult>> QueryRowsAsync<T, TResult>(
        string sql, RowShape<T> shape, IReadOnlyCollection<T> rows, params SharedValue[] shared) =>
        rows.Count == 0
            ? Task.FromResult<IReadOnlyList<TResult>>([])
            : Dialect.QueryAsync<T, TResult>(this, sql, shape, rows, shared);

    /// <summary>
    /// Waits until no other transaction holds a lock of these names, and holds them until this one ends: what is read
    /// afterwards stays as it is for as long as every writer of it takes the same lock. Locks are taken in ordinal
    /// order, so two callers that take all of theirs at once never wait for each other in a circle. On SQLite nothing
    /// happens, since a transaction that writes is alone anyway.
    /// </summary>
    /// <param name="resources">Names of at most 150 characters, the store's own.</param>
    public Task LockAsync(IReadOnlyCollection<string> resources) =>
        resources.Count == 0 ? Task.CompletedTask : Dialect.LockAsync(this, resources);

    /// <summary>
    /// Calls back once this transaction is durable, on the store's own thread: only for short wake-ups that can not
    /// fail. After a crash it is not called, so nothing may depend on it.
    /// </summary>
    public void OnCommitted(Action callback) => (_committed ??= []).Add(callback);

    internal void Committed() => _committed?.ForEach(callback => callback());
}
