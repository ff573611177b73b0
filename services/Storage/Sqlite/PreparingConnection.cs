using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace ReleaseIntegrity.Storage.Sqlite;

/// <summary>
/// A SQLite connection that keeps its statements prepared. For small statements, preparing costs several times what
/// running them does, and the driver prepares anew for every command; here a command takes the statement of its text
/// where there is an idle one, and gives it back in the end. Used by one caller at a time.
/// </summary>
internal sealed class PreparingConnection(string connectionString) : SqliteConnection(connectionString)
{
    // A service has about a hundred statements; texts beyond the limit are prepared each time.
    private const int StatementLimit = 256;

    private readonly Dictionary<string, SqliteCommand> _idle = new(StringComparer.Ordinal);

    /// <summary>A statement without parameters, prepared or about to be.</summary>
    internal SqliteCommand Take(string sql)
    {
        if (_idle.Remove(sql, out SqliteCommand? idle))
        {
            return idle;
        }

        SqliteCommand command = CreateCommand();
#pragma warning disable CA2100 // Statements are constants of the service; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    /// <summary>Makes a statement idle. Its readers are closed.</summary>
    internal void GiveBack(SqliteCommand command)
    {
        command.Parameters.Clear();
        command.Transaction = null;
        if (_idle.Count >= StatementLimit || !_idle.TryAdd(command.CommandText, command))
        {
            command.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override DbCommand CreateDbCommand() => new PreparedCommand(this);
}
