using System.Data;
using System.Data.Common;
using System.Text.Json;
using Dapper;
using Microsoft.Data.Sqlite;

namespace ReleaseIntegrity.Storage.Sqlite;

/// <summary>
/// Batches on SQLite: the engine lives in the process, so one prepared command that is stepped per row is the fastest
/// way to write, while a list of keys is one JSON text for <c>json_each</c>, which reads several times faster than a
/// command per key. Locks are not needed: a transaction that writes is alone from its first statement.
/// </summary>
internal sealed class SqliteDialect : IStoreDialect
{
    internal static readonly SqliteDialect Instance = new();

    public string Engine => StoreEngines.Sqlite;

    public SqlMapper.ICustomQueryParameter Keys(IEnumerable<string> keys) =>
        new JsonList(JsonSerializer.Serialize(keys.Distinct(StringComparer.Ordinal)));

    public SqlMapper.ICustomQueryParameter Keys(IEnumerable<Guid> keys) =>
        new JsonList(JsonSerializer.Serialize(keys.Distinct().Select(k => k.ToString("D"))));

    public SqlMapper.ICustomQueryParameter Keys(IEnumerable<long> keys) =>
        new JsonList(JsonSerializer.Serialize(keys.Distinct()));

    public async Task<int> ExecuteAsync<T>(
        StoreTransaction transaction, string sql, RowShape<T> shape, IReadOnlyCollection<T> rows, SharedValue[] shared)
    {
        await using DbCommand command = Prepare(transaction, sql, shape, shared);
        int changed = 0;
        foreach (T row in rows)
        {
            Bind(command, shape, row);
            changed += await command.ExecuteNonQueryAsync(transaction.Cancelled);
        }

        return changed;
    }

    public async Task<IReadOnlyList<TResult>> QueryAsync<T, TResult>(
        StoreTransaction transaction, string sql, RowShape<T> shape, IReadOnlyCollection<T> rows, SharedValue[] shared)
    {
        await using DbCommand command = Prepare(transaction, sql, shape, shared);
        var results = new List<TResult>(rows.Count);
        foreach (T row in rows)
        {
            Bind(command, shape, row);
            await using DbDataReader reader = await command.ExecuteReaderAsync(transaction.Cancelled);
            Func<DbDataReader, TResult>? parse = null;
            while (await reader.ReadAsync(transaction.Cancelled))
            {
                parse ??= reader.GetRowParser<TResult>();
                results.Add(parse(reader));
            }
        }

        return results;
    }

    public Task LockAsync(StoreTransaction transaction, IReadOnlyCollection<string> resources) => Task.CompletedTask;

    private static DbCommand Prepare(StoreTransaction transaction, string sql, RowShape shape, SharedValue[] shared)
    {
        DbCommand command = transaction.Connection.CreateCommand();
        command.Transaction = transaction.Transaction;
#pragma warning disable CA2100 // Statements are constants of the service; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (RowColumn column in shape.Columns)
        {
            command.Parameters.Add(new SqliteParameter("@" + column.Name, null));
        }

        foreach (SharedValue value in shared)
        {
            command.Parameters.Add(new SqliteParameter("@" + value.Name, Stored(value.Value)));
        }

        return command;
    }

    private static void Bind<T>(DbCommand command, RowShape<T> shape, T row)
    {
        ReadOnlySpan<RowColumn<T>> columns = shape.Typed;
        for (int i = 0; i < columns.Length; i++)
        {
            command.Parameters[i].Value = Stored(columns[i].Of(row));
        }
    }

    private static object Stored(object? value) => value switch
    {
        null => DBNull.Value,
        DateTimeOffset instant => StoredTypes.TextOf(instant),
        Guid id => id.ToString("D"),
        _ => value,
    };

    private sealed class JsonList(string json) : SqlMapper.ICustomQueryParameter
    {
        public void AddParameter(IDbCommand command, string name) =>
            command.Parameters.Add(new SqliteParameter("@" + name, json));
    }
}
