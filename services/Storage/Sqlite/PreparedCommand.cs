using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace ReleaseIntegrity.Storage.Sqlite;

/// <summary>
/// A command of a <see cref="PreparingConnection"/>: it holds the statement of its text until it is disposed. A text
/// that is set a second time was made for one call (Dapper spells lists out), so its statement is not kept.
/// </summary>
internal sealed class PreparedCommand(PreparingConnection connection) : DbCommand
{
    private SqliteCommand? _statement;
    private DbTransaction? _transaction;
    private bool _rewritten;

    [AllowNull]
    public override string CommandText
    {
        get => _statement?.CommandText ?? "";
        set
        {
            if (_statement is null)
            {
                _statement = connection.Take(value ?? "");
            }
            else if (_statement.CommandText != value)
            {
                SqliteParameter[] parameters = [.. _statement.Parameters.Cast<SqliteParameter>()];
                Release();
                _statement = connection.Take(value ?? "");
                _statement.Parameters.AddRange(parameters);
                _rewritten = true;
            }
        }
    }

    public override int CommandTimeout
    {
        get => Statement.CommandTimeout;
        set => Statement.CommandTimeout = value;
    }

    public override CommandType CommandType
    {
        get => CommandType.Text;
        set => Statement.CommandType = value;
    }

    public override UpdateRowSource UpdatedRowSource
    {
        get => Statement.UpdatedRowSource;
        set => Statement.UpdatedRowSource = value;
    }

    public override bool DesignTimeVisible { get; set; }

    protected override DbConnection? DbConnection
    {
        get => connection;
        set => throw new NotSupportedException("a prepared statement stays with its connection");
    }

    protected override DbParameterCollection DbParameterCollection => Statement.Parameters;

    protected override DbTransaction? DbTransaction
    {
        get => _transaction;
        set => _transaction = value;
    }

    private SqliteCommand Statement =>
        _statement ?? throw new InvalidOperationException("the command has no text yet");

    public override void Cancel() => Statement.Cancel();

    public override void Prepare() => Ready().Prepare();

    public override int ExecuteNonQuery() => Ready().ExecuteNonQuery();

    public override object? ExecuteScalar() => Ready().ExecuteScalar();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Ready().ExecuteReader(behavior);

    protected override DbParameter CreateDbParameter() => new SqliteParameter();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Release();
        }

        base.Dispose(disposing);
    }

    private SqliteCommand Ready()
    {
        Statement.Transaction = (SqliteTransaction?)_transaction;
        return Statement;
    }

    private void Release()
    {
        if (_rewritten)
        {
            _statement?.Dispose();
        }
        else if (_statement is not null)
        {
            connection.GiveBack(_statement);
        }

        _statement = null;
    }
}
