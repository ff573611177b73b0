using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace ReleaseIntegrity.Tests.SqlServer.Reading;

/// <summary>How SQLite would run statements on a schema, as its own planner says.</summary>
internal sealed partial class SqlitePlans : IDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");

    /// <param name="migrations">The scripts in their order.</param>
    public SqlitePlans(IEnumerable<string> migrations)
    {
        _connection.Open();
        foreach (string script in migrations)
        {
            using SqliteCommand command = Command(script);
            command.ExecuteNonQuery();
        }
    }

    /// <summary>
    /// The tables that a statement walks from end to end: whole, or in the order of an index, which ends at a limit only
    /// where most rows are wanted.
    /// </summary>
    public IReadOnlyList<string> ScansOf(string sql) =>
    [
        .. sql.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SelectMany(Steps)
            .Select(step => Scan().Match(step))
            .Where(m => m.Success)
            .SelectMany(m => TablesOf(m.Groups["table"].Value, sql))
            .Distinct(StringComparer.Ordinal),
    ];

    public void Dispose() => _connection.Dispose();

    private List<string> Steps(string statement)
    {
        using SqliteCommand command = Command($"explain query plan {statement}");
        foreach (string parameter in Parameter().Matches(statement).Select(m => m.Value).Distinct(StringComparer.Ordinal))
        {
            command.Parameters.AddWithValue(parameter, DBNull.Value);
        }

        using SqliteDataReader reader = command.ExecuteReader();
        var steps = new List<string>();
        while (reader.Read())
        {
            steps.Add(reader.GetString(3));
        }

        return steps;
    }

    // A plan names what it walks by its alias; what is no table of the schema is a list of keys or a part of the statement.
    private IEnumerable<string> TablesOf(string alias, string sql) => Alias().Matches(sql)
        .Where(m => m.Groups["alias"].Value == alias)
        .Select(m => m.Groups["table"].Value)
        .Append(alias)
        .Where(IsTable);

    private bool IsTable(string name)
    {
        using SqliteCommand command = Command("select count(*) from sqlite_master where type = 'table' and name = @name");
        command.Parameters.AddWithValue("@name", name);
        return (long)command.ExecuteScalar()! > 0;
    }

    private SqliteCommand Command(string sql)
    {
        SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // Statements of the services.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    [GeneratedRegex(@"^SCAN (?<table>\w+)(?! VIRTUAL)")]
    private static partial Regex Scan();

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\b(from|join|update)\s+(?<table>\w+)\s+(as\s+)?(?!where\b|join\b|on\b|set\b|order\b|group\b|limit\b|union\b|cross\b|left\b)(?<alias>\w+)")]
    private static partial Regex Alias();
}
