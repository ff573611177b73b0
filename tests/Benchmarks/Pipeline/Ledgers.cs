using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace ReleaseIntegrity.Benchmarks.Pipeline;

/// <summary>
/// What has come out, read from the handoff's file: it costs the handoff nothing, and a ledger counts when it is
/// committed there.
/// </summary>
internal sealed class Ledgers : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _version;
    private readonly SqliteCommand _mentions;

    public Ledgers(string path)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly }.ToString());
        _connection.Open();
        _version = Command("pragma data_version");
        _mentions = Command(
            """
            select instr(l.content, @sha256) > 0 from ledger l join tuple t on t.tuple_no = l.tuple_no
            where t.registry = @registry and t.repository = @repository and t.tag = @tag
            """);
        foreach (string name in (string[])["@sha256", "@registry", "@repository", "@tag"])
        {
            _mentions.Parameters.Add(new SqliteParameter(name, null));
        }
    }

    /// <summary>Whether a tuple's ledger rests on a notification.</summary>
    public bool Mentions(ReleaseTraffic release, Sent notification)
    {
        _mentions.Parameters["@sha256"].Value = notification.Sha256;
        _mentions.Parameters["@registry"].Value = Traffic.Registry;
        _mentions.Parameters["@repository"].Value = release.Repository;
        _mentions.Parameters["@tag"].Value = release.Tag;
        return _mentions.ExecuteScalar() is 1L;
    }

    /// <summary>How many there are.</summary>
    public (long Ledgers, long Packages) Count()
    {
        using SqliteCommand ledgers = Command("select count(*) from ledger");
        using SqliteCommand packages = Command("select count(*) from package");
        return ((long)ledgers.ExecuteScalar()!, (long)packages.ExecuteScalar()!);
    }

    /// <summary>Waits until nothing has been committed for a while; the instant (<see cref="Stopwatch"/> ticks) of the last commit seen.</summary>
    public async Task<long> QuietAsync(TimeSpan quiet, Func<Task<bool>> isDone)
    {
        long last = Stopwatch.GetTimestamp();
        object? version = _version.ExecuteScalar();
        while (true)
        {
            await Task.Delay(20);
            object? now = _version.ExecuteScalar();
            if (!Equals(now, version))
            {
                version = now;
                last = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(last) > quiet && await isDone())
            {
                return last;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _version.Dispose();
        _mentions.Dispose();
        _connection.Dispose();
        SqliteConnection.ClearPool(_connection);
    }

    private SqliteCommand Command(string sql)
    {
        SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
