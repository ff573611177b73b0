using System.Data;
using Dapper;
using Microsoft.Data.SqlClient;
using Microsoft.Data.SqlClient.Server;

namespace ReleaseIntegrity.Storage.SqlServer;

/// <summary>
/// Batches on SQL Server: rows and keys travel as table-valued parameters, of table types that the migrations make, so
/// a batch is one round trip and one plan however many rows it has.
/// </summary>
/// <param name="schema">Where the table types are.</param>
internal sealed class SqlServerDialect(string schema) : IStoreDialect
{
    private const int KeyLength = 450;
    private const int ResourceLength = 255;

    public string Engine => StoreEngines.SqlServer;

    public SqlMapper.ICustomQueryParameter Keys(IEnumerable<string> keys) =>
        List("text_list", SqlDbType.NVarChar, keys.Distinct(StringComparer.Ordinal), (record, key) =>
        {
            // SqlDataRecord would cut it short.
            if (key.Length > KeyLength)
            {
                throw new ArgumentException($"a key has {key.Length} characters, and may have {KeyLength}");
            }

            record.SetString(0, key);
        });

    public SqlMapper.ICustomQueryParameter Keys(IEnumerable<Guid> keys) =>
        List("id_list", SqlDbType.UniqueIdentifier, keys.Distinct(), (record, key) => record.SetGuid(0, key));

    public SqlMapper.ICustomQueryParameter Keys(IEnumerable<long> keys) =>
        List("number_list", SqlDbType.BigInt, keys.Distinct(), (record, key) => record.SetInt64(0, key));

    public Task<int> ExecuteAsync<T>(
        StoreTransaction transaction, string sql, RowShape<T> shape, IReadOnlyCollection<T> rows, SharedValue[] shared) =>
        transaction.ExecuteAsync(sql, Parameters(shape, rows, shared));

    public Task<IReadOnlyList<TResult>> QueryAsync<T, TResult>(
        StoreTransaction transaction, string sql, RowShape<T> shape, IReadOnlyCollection<T> rows, SharedValue[] shared) =>
        transaction.QueryAsync<TResult>(sql, Parameters(shape, rows, shared));

    public async Task LockAsync(StoreTransaction transaction, IReadOnlyCollection<string> resources)
    {
        // The server would cut it short, and two locks could be one.
        int room = ResourceLength - schema.Length - 1;
        if (resources.FirstOrDefault(r => r.Length > room) is { } tooLong)
        {
            throw new ArgumentException($"the name of a lock has {tooLong.Length} characters, and may have {room}");
        }

        // A locked resource belongs to the database, and the names to this store. Half of the statement's own time, so
        // that the wait ends with an answer rather than with a broken command.
        await transaction.ExecuteAsync(
            SqlServerStatements.TakeLocks,
            new
            {
                resources = Keys(resources.Select(r => $"{schema}/{r}")),
                wait = ((SqlConnection)transaction.Connection).CommandTimeout * 500,
            });
    }

    private DynamicParameters Parameters<T>(RowShape<T> shape, IReadOnlyCollection<T> rows, SharedValue[] shared)
    {
        var parameters = new DynamicParameters();
        parameters.Add("rows", new Table(TypeName(shape.Name), Records(shape, rows)));
        foreach (SharedValue value in shared)
        {
            parameters.Add(value.Name, value.Value);
        }

        return parameters;
    }

    private static IEnumerable<SqlDataRecord> Records<T>(RowShape<T> shape, IReadOnlyCollection<T> rows)
    {
        var record = new SqlDataRecord([.. shape.Columns.Select(Meta)]);
        foreach (T row in rows)
        {
            for (int i = 0; i < shape.Columns.Count; i++)
            {
                record.SetValue(i, shape.Typed[i].Of(row) switch
                {
                    null => DBNull.Value,
                    DateTimeOffset instant => instant.ToUniversalTime(),
                    object value => value,
                });
            }

            yield return record;
        }
    }

    private static SqlMetaData Meta(RowColumn column) => column.Type switch
    {
        ColumnType.Text => new SqlMetaData(column.Name, SqlDbType.NVarChar, column.Length ?? SqlMetaData.Max),
        ColumnType.Bytes => new SqlMetaData(column.Name, SqlDbType.VarBinary, SqlMetaData.Max),
        ColumnType.Int => new SqlMetaData(column.Name, SqlDbType.Int),
        ColumnType.Long => new SqlMetaData(column.Name, SqlDbType.BigInt),
        ColumnType.Flag => new SqlMetaData(column.Name, SqlDbType.Bit),
        ColumnType.Instant => new SqlMetaData(column.Name, SqlDbType.DateTimeOffset, 0, 7),
        ColumnType.Id => new SqlMetaData(column.Name, SqlDbType.UniqueIdentifier),
        _ => throw new InvalidOperationException($"a column of type {column.Type}"),
    };

    private Table List<T>(string type, SqlDbType value, IEnumerable<T> keys, Action<SqlDataRecord, T> set)
    {
        return new Table(TypeName(type), Records());

        IEnumerable<SqlDataRecord> Records()
        {
            var record = new SqlDataRecord(
                value == SqlDbType.NVarChar ? new SqlMetaData("value", value, KeyLength) : new SqlMetaData("value", value));
            foreach (T key in keys)
            {
                set(record, key);
                yield return record;
            }
        }
    }

    private string TypeName(string name) => $"[{schema}].[{name}]";

    private sealed class Table(string typeName, IEnumerable<SqlDataRecord> records) : SqlMapper.ICustomQueryParameter
    {
        public void AddParameter(IDbCommand command, string name) =>
            ((SqlCommand)command).Parameters.Add(new SqlParameter("@" + name, SqlDbType.Structured)
            {
                TypeName = typeName,

                // The protocol has no empty table: none at all stands for it.
                Value = records.Any() ? records : null,
            });
    }
}
