using System.Data.Common;
using Dapper;

namespace ReleaseIntegrity.Storage;

/// <summary>
/// One open database transaction, for queries. The methods are Dapper's, with the transaction and the cancellation
/// token already passed. Used by one caller at a time, and only until the delegate that received it returns.
/// </summary>
public class StoreSnapshot
{
    internal StoreSnapshot(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        Connection = connection;
        Transaction = transaction;
        Cancelled = cancellationToken;
    }

    /// <summary>The connection, for what the shorthands do not cover; <see cref="Transaction"/> must be passed on.</summary>
    public DbConnection Connection { get; }

    /// <summary>The transaction that every statement must name.</summary>
    public DbTransaction Transaction { get; }

    /// <summary>The token of the call that opened the transaction.</summary>
    public CancellationToken Cancelled { get; }

    /// <summary>All rows, buffered: bound the query itself.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null) =>
        (await Connection.QueryAsync<T>(Command(sql, parameters))).AsList();

    /// <summary>The only row, or the default where there is none; two rows are an error.</summary>
    public Task<T?> SingleOrDefaultAsync<T>(string sql, object? parameters = null) =>
        Connection.QuerySingleOrDefaultAsync<T>(Command(sql, parameters));

    /// <summary>The only row; none, or two, are an error.</summary>
    public Task<T> SingleAsync<T>(string sql, object? parameters = null) =>
        Connection.QuerySingleAsync<T>(Command(sql, parameters));

    /// <summary>A command bound to this transaction.</summary>
    protected CommandDefinition Command(string sql, object? parameters) =>
        new(sql, parameters, Transaction, cancellationToken: Cancelled);
}

/// <summary>One open database transaction, for queries and changes.</summary>
public sealed class StoreTransaction : StoreSnapshot
{
    private List<Action>? _committed;

    internal StoreTransaction(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
        : base(connection, transaction, cancellationToken)
    {
    }

    /// <summary>Runs a statement, once per element where the parameters are a sequence; returns the rows changed.</summary>
    public Task<int> ExecuteAsync(string sql, object? parameters = null) =>
        Connection.ExecuteAsync(Command(sql, parameters));

    /// <summary>
    /// Calls back once this transaction is durable, on the store's own thread: only for short wake-ups that can not
    /// fail. After a crash it is not called, so nothing may depend on it.
    /// </summary>
    public void OnCommitted(Action callback) => (_committed ??= []).Add(callback);

    internal void Committed() => _committed?.ForEach(callback => callback());
}
