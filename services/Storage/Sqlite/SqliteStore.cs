using System.Diagnostics;
using DbUp;
using Microsoft.Data.Sqlite;

namespace ReleaseIntegrity.Storage.Sqlite;

/// <summary>
/// A store in one SQLite file: write-ahead log, <c>synchronous=FULL</c>, so that each commit is flushed before it is
/// acknowledged. SQLite has one writer at a time, so all writes of the process go through one queue and share commits
/// (<see cref="GroupCommit"/>); reads have connections of their own and never wait for it. Unless it is shared, a lock
/// file beside the database refuses a second process, or a second store on the same file; the processes of a shared one
/// take turns, each with a queue of its own.
/// </summary>
public sealed class SqliteStore : IStore
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int UniqueConstraint = 2067;
    private const int PrimaryKeyConstraint = 1555;

    private static readonly TimeSpan LongestMigration = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan MigrationPoll = TimeSpan.FromMilliseconds(50);

    private readonly string _readConnectionString;
    private readonly string _writeConnectionString;
    private readonly SqliteStoreOptions _options;
    private readonly FileStream _lock;
    private readonly ReadConnections _reads;
    private readonly GroupCommit _writes;

    private SqliteStore(SqliteStoreOptions options, FileStream fileLock)
    {
        _options = options;
        _lock = fileLock;
        _writeConnectionString = ConnectionString(options, SqliteOpenMode.ReadWriteCreate);
        _readConnectionString = ConnectionString(options, SqliteOpenMode.ReadOnly);
        _reads = new ReadConnections(OpenReader);
        _writes = new GroupCommit(OpenWriter, options.QueueLimit, options.GroupLimit);
    }

    /// <inheritdoc/>
    public string Engine => StoreEngines.Sqlite;

    /// <inheritdoc/>
    public bool IsShared => _options.Shared;

    /// <summary>The migrations that opening it ran.</summary>
    public IReadOnlyList<string> Applied { get; private set; } = [];

    /// <summary>Opens the file, recovers what a crash left, and brings the schema up to date.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="migrations">The service's own scripts; the plumbing's are run before them.</param>
    /// <exception cref="StoreException">The file is in use, newer than this version, or a migration failed.</exception>
    public static SqliteStore Open(SqliteStoreOptions options, params IReadOnlyList<MigrationSet> migrations)
    {
        StoredTypes.Register();
        string path = Path.GetFullPath(options.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        FileStream fileLock = Acquire(path, options.Shared);
        try
        {
            var store = new SqliteStore(options with { Path = path }, fileLock);
            store.UpdateSchema([MigrationSet.Plumbing, .. migrations]);
            store._writes.Start();
            return store;
        }
        catch
        {
            fileLock.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<T> ReadAsync<T>(Func<StoreSnapshot, Task<T>> read, CancellationToken cancellationToken)
    {
        PreparingConnection connection = _reads.Take();
        try
        {
            T result;
            await using (SqliteTransaction transaction = connection.BeginTransaction(deferred: true))
            {
                result = await read(new StoreSnapshot(SqliteDialect.Instance, connection, transaction, cancellationToken));
            }

            _reads.GiveBack(connection);
            return result;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<T> WriteAsync<T>(Func<StoreTransaction, Task<T>> write, CancellationToken cancellationToken)
    {
        T result = default!;
        await _writes.RunAsync(
            async transaction => result = await write(transaction),
            cancellationToken);
        return result;
    }

    /// <inheritdoc/>
    public bool IsTransient(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: Busy or Locked };

    /// <inheritdoc/>
    public bool IsUniqueViolation(Exception exception) =>
        exception is SqliteException { SqliteExtendedErrorCode: UniqueConstraint or PrimaryKeyConstraint };

    /// <summary>Finishes the writes that are queued, closes the file and gives up the lock.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writes.DisposeAsync();
        _reads.Dispose();
        foreach (string connectionString in new[] { _readConnectionString, _writeConnectionString })
        {
            await using var connection = new SqliteConnection(connectionString);
            SqliteConnection.ClearPool(connection);
        }

        await _lock.DisposeAsync();
    }

    private static string ConnectionString(SqliteStoreOptions options, SqliteOpenMode mode) =>
        new SqliteConnectionStringBuilder
        {
            DataSource = options.Path,
            Mode = mode,
            ForeignKeys = true,
            DefaultTimeout = 1,     // SQLite itself waits, see WaitInside; afterwards the driver shall not try again
        }.ToString();

    // The processes of a shared file each hold a shared lock, so that none of them meets one that wants it alone.
    private static FileStream Acquire(string path, bool shared)
    {
        try
        {
            return shared
                ? new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read)
                : new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new StoreException(
                $"{path} is in use: another process serves it already. Stop that process, choose another data folder, or set Store:Shared for each process that uses the file",
                e)
            {
                InUse = true,
            };
        }
    }

    private PreparingConnection OpenReader()
    {
        var connection = new PreparingConnection(_readConnectionString);
        try
        {
            connection.Open();
            WaitInside(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private PreparingConnection OpenWriter()
    {
        var connection = new PreparingConnection(_writeConnectionString);
        try
        {
            connection.Open();
            WaitInside(connection);
            using SqliteCommand pragmas = connection.CreateCommand();
            pragmas.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4000;";
            pragmas.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // SQLite looks again after 1 ms, then ever more slowly; the driver would look every 150 ms.
    private void WaitInside(SqliteConnection connection) =>
        SQLitePCL.raw.sqlite3_busy_timeout(connection.Handle, (int)_options.BusyTimeout.TotalMilliseconds);

    private void UpdateSchema(IReadOnlyList<MigrationSet> sets)
    {
        using FileStream turn = Turn();

        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                // The first connection sets the journal mode, which the file keeps, and recovers the log after a crash.
                using SqliteConnection connection = OpenWriter();
                Applied = [.. sets.SelectMany(set => set.Apply(Engine, "", DeployChanges.To.SqliteDatabase(_writeConnectionString), _options.Migrate))];
                return;
            }
            catch (Exception e) when (IsTransient(e.GetBaseException()) && Stopwatch.GetElapsedTime(started) < LongestMigration)
            {
                // Other processes write meanwhile, and who looks what was migrated takes turns with them like a writer.
                Thread.Sleep(MigrationPoll);
            }
        }
    }

    // Processes that start at once bring the schema up to date one after the other.
    private FileStream Turn()
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(_options.Path + ".migrate.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (Stopwatch.GetElapsedTime(started) > LongestMigration)
            {
                throw new StoreException(
                    $"{_options.Path}: another process has been changing its schema for {LongestMigration.TotalMinutes} minutes; look what it does, then start again", e);
            }
            catch (IOException)
            {
                Thread.Sleep(MigrationPoll);
            }
        }
    }
}
