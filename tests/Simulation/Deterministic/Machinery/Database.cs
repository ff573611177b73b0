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
internal sealed class Database : IDisposable
{
    private readonly PreparingConnection _connection = new("Data Source=:memory:;Foreign Keys=True");
    private bool _isWriting;

    public Database() => _connection.Open();

    /// <summary>Raised with every commit.</summary>
    public long Version { get; private set; }

    /// <summary>Begins anew from a schema.</summary>
    public void Reset(SqliteConnection template) => template.BackupDatabase(_connection);

    /// <summary>Runs queries on what is committed.</summary>
    public T Read<T>(Func<StoreSnapshot, Task<T>> read, CancellationToken cancellationToken = default)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction(deferred: true);
        return Result(read(new StoreSnapshot(SqliteDialect.Instance, _connection, transaction, cancellationToken)));
    }

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
        try
        {
            if (twice)
            {
                using SqliteTransaction undone = _connection.BeginTransaction(deferred: false);
                Result(write(new StoreTransaction(SqliteDialect.Instance, _connection, undone, cancellationToken)));
            }

            using SqliteTransaction transaction = _connection.BeginTransaction(deferred: false);
            var work = new StoreTransaction(SqliteDialect.Instance, _connection, transaction, cancellationToken);
            T result = Result(write(work));
            transaction.Commit();
            Version++;
            work.Committed();
            return result;
        }
        finally
        {
            _isWriting = false;
        }
    }

    public void Dispose() => _connection.Dispose();

    private static T Result<T>(Task<T> work) => work.IsCompleted
        ? work.GetAwaiter().GetResult()
        : throw new InvalidOperationException("the work of a transaction waits for something else than its store");
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
        if (!_open.TryGetValue(service, out Database? database))
        {
            _open[service] = database = new Database();
        }

        database.Reset(Template(schema));
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
