using System.Data.Common;
using Dapper;

namespace ReleaseIntegrity.Storage;

/// <summary>
/// One open database transaction, for queries. The methods are Dapper's, with the transaction and the cancellation
/// token already passed. Used by one caller at a time, and only until the delegate that received it returns.
/// </summary>
public class StoreSnapshot
{
    internal StoreSnapshot(
        IStoreDialect dialect, DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        Dialect = dialect;
        Connection = connection;
        Transaction = transaction;
        Cancelled = cancellationToken;
    }

    /// <summary>The connection, for what the shorthands do not cover; <see cref="Transaction"/> must be passed on.</summary>
    public DbConnection Connection { get; }

    /// <summary>The transaction that every statement must name.</summary>
    public DbTransaction Transaction { get; }

    /// <summary>The store's engine.</summary>
    public string Engine => Dialect.Engine;

    /// <summary>The token of the call that opened the transaction.</summary>
    public CancellationToken Cancelled { get; }

    private protected IStoreDialect Dialect { get; }

    /// <summary>
    /// The spelling of a parameter that holds a list of keys, for <c>select value from …</c>: <c>json_each(@name)</c> or
    /// <c>@name</c>. The list itself is <see cref="Keys(IEnumerable{string})"/>.
    /// </summary>
    public static string KeysIn(string engine, string name) =>
        StoreEngines.Choose(engine, sqlite: $"json_each(@{name})", sqlServer: $"@{name}");

    /// <summary>
    /// A list of keys as one parameter, of any length: <c>where key in (select value from {KeysIn(engine, "keys")})</c>
    /// with <c>new { keys = snapshot.Keys(list) }</c>. Each key counts once. On SQL Server it is of the table type
    /// <c>text_list</c>, whose keys have 450 characters at most.
    /// </summary>
    public SqlMapper.ICustomQueryParameter Keys(IEnumerable<string> keys) => Dialect.Keys(keys);

    /// <summary>The same for Guids; table type <c>id_list</c>.</summary>
    public SqlMapper.ICustomQueryParameter Keys(IEnumerable<Guid> keys) => Dialect.Keys(keys);

    /// <summary>The same for numbers; table type <c>number_list</c>.</summary>
    public SqlMapper.ICustomQueryParameter Keys(IEnumerable<long> keys) => Dialect.Keys(keys);

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
