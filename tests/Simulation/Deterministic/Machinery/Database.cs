using Microsoft.Data.Sqlite;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Handoff;
using ReleaseIntegrity.Reconciling;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Storage.Sqlite;

namespace ReleaseIntegrity.Simulation.Deterministic.Machinery;

/// <summary>
/// What is on disk of one service: a SQLite database in memory with the production schema, statements and dialect. It
/// outlives processes. Used by one thread.
/// </summary>
/// <remarks>
/// A world's whole life is one transaction that is undone in the end, and a transaction of a service is a savepoint in it: so
/// the schema stays as it is and every statement stays prepared.
/// </remarks>
internal sealed class Database : IDisposable
{
    private readonly PreparingConnection _connection = new("Data Source=:memory:;Foreign Keys=True");
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _undo;
    private readonly SqliteCommand _end;
    private SqliteTransaction _world;
    private readonly Dictionary<string, (long Version, DateTimeOffset? At)> _instants = new(StringComparer.Ordinal);
    private bool _isWriting;

    /// <summary>A database with the schema of another.</summary>
    public Database(SqliteConnection template)
    {
        _connection.Open();
        template.BackupDatabase(_connection);
        _begin = _connection.Take("savepoint work");
        _undo = _connection.Take("rollback to work");
        _end = _connection.Take("release work");
        _world = _connection.BeginTransaction();
    }

    /// <summary>Raised with every commit.</summary>
    public long Version { get; private set; }

    /// <summary>Begins anew, without any row.</summary>
    public void Reset()
    {
        _world.Dispose();
        _world = _connection.BeginTransaction();
        Version++;
    }

    /// <summary>An instant that a query gives as <c>at</c>; it is asked once after each commit.</summary>
    public DateTimeOffset? When(string sql)
    {
        if (!_instants.TryGetValue(sql, out (long Version, DateTimeOffset? At) known) || known.Version != Version)
        {
            _instants[sql] = known = (Version, Read(s => s.SingleAsync<Instant>(sql)).At);
        }

        return known.At;
    }

    /// <summary>Runs queries on what is committed.</summary>
    public T Read<T>(Func<StoreSnapshot, Task<T>> read, CancellationToken cancellationToken = default) =>
        Result(read(new StoreSnapshot(SqliteDialect.Instance, _connection, _world, cancellationToken)));

    /// <summary>Runs one transaction, at once.</summary>
    /// <param name="write">The work.</param>
    /// <param name="twice">Whether it is undone and run again, as an engine does after a deadlock.</param>
    /// <param name="cancellationToken">For the statements.</param>
    public T Write<T>(Func<StoreTransaction, Task<T>> write, bool twice, CancellationToken cancellationToken)
    {
        if (_isWriting)
        {
            throw new InvalidOperationException("a write writes to its own store: it would wait for itself");
        }

        _isWriting = true;
        var work = new StoreTransaction(SqliteDialect.Instance, _connection, _world, cancellationToken);
        T result;
        Run(_begin);
        try
        {
            if (twice)
            {
                Result(write(new StoreTransaction(SqliteDialect.Instance, _connection, _world, cancellationToken)));
                Run(_undo);
            }

            result = Result(write(work));
        }
        catch
        {
            Run(_undo);
            throw;
        }
        finally
        {
            Run(_end);
            _isWriting = false;
        }

        Version++;
        work.Committed();
        return result;
    }

    public void Dispose()
    {
        _world.Dispose();
        _connection.Dispose();
    }

    private void Run(SqliteCommand command)
    {
        command.Transaction = _world;
        command.ExecuteNonQuery();
    }

    private static T Result<T>(Task<T> work) => work.IsCompleted
        ? work.GetAwaiter().GetResult()
        : throw new InvalidOperationException("the work of a transaction waits for something else than its store");

    private sealed record Instant
    {
        public DateTimeOffset? At { get; init; }
    }
}

/// <summary>The databases of one simulated world after the other; each thread has its own.</summary>
internal sealed class Databases : IDisposable
{
    private static readonly Lazy<IReadOnlyDictionary<string, string>> Files = new(Migrated);

    private readonly Dictionary<string, SqliteConnection> _templates = [];
    private readonly Dictionary<string, Database> _open = new(StringComparer.Ordinal);

    /// <summary>An empty database.</summary>
    /// <param name="service">Whose.</param>
    /// <param name="schema">One of <c>collector</c>, <c>reconciler</c> and <c>handoff</c>.</param>
    public Database Empty(string service, string schema)
    {
        if (_open.TryGetValue(service, out Database? database))
        {
            database.Reset();
        }
        else
        {
            _open[service] = database = new Database(Template(schema));
        }

        return database;
    }

    public void Dispose()
    {
        foreach (Database database in _open.Values)
        {
            database.Dispose();
        }

        foreach (SqliteConnection template in _templates.Values)
        {
            template.Dispose();
        }
    }

    private SqliteConnection Template(string schema)
    {
        if (!_templates.TryGetValue(schema, out SqliteConnection? template))
        {
            _templates[schema] = template = new SqliteConnection("Data Source=:memory:");
            template.Open();
            lock (Files)
            {
                using var file = new SqliteConnection($"Data Source={Files.Value[schema]};Pooling=False;Mode=ReadOnly");
                file.Open();
                file.BackupDatabase(template);
            }
        }

        return template;
    }

    private static Dictionary<string, string> Migrated()
    {
        string folder = Directory.CreateTempSubdirectory("simulation-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string schema, MigrationSet migrations) in new[]
        {
            ("collector", CollectorServices.Migrations), ("reconciler", ReconcilerServices.Migrations), ("handoff", HandoffHosting.Migrations),
        })
        {
            files[schema] = Path.Combine(folder, $"{schema}.db");
            SqliteStore.Open(new SqliteStoreOptions { Path = files[schema] }, migrations).DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        return files;
    }
}
