using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace ReleaseIntegrity.Storage.Sqlite;

/// <summary>
/// The one writer of a SQLite file. Writes queue up while the disk flushes the last commit; the next transaction then
/// takes all that wait, up to a limit, each inside its own savepoint, so that one failing write undoes itself alone.
/// No write waits for company: a lone one commits at once.
/// </summary>
internal sealed class GroupCommit(Func<PreparingConnection> open, int queueLimit, int groupLimit) : IAsyncDisposable
{
    private const string Save = "savepoint one_write";
    private const string Undo = "rollback to one_write";
    private const string Release = "release one_write";

    private readonly Channel<Write> _queue = Channel.CreateBounded<Write>(
        new BoundedChannelOptions(queueLimit) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly AsyncLocal<bool> _inside = new();
    private Task _loop = Task.CompletedTask;
    private PreparingConnection? _connection;

    internal void Start() => _loop = Task.Run(LoopAsync);

    internal async Task RunAsync(Func<StoreTransaction, Task> work, CancellationToken cancellationToken)
    {
        if (_inside.Value)
        {
            throw new InvalidOperationException(
                "a write may not write to its own store, it would wait for itself: use the transaction that it was given");
        }

        var write = new Write(work, cancellationToken);
        try
        {
            await _queue.Writer.WriteAsync(write, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(SqliteStore));
        }

        using CancellationTokenRegistration waiting = cancellationToken.UnsafeRegister(w => ((Write)w!).GiveUp(), write);
        await write.Durable.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
        Close();
    }

    private async Task LoopAsync()
    {
        _inside.Value = true;
        await foreach (Write first in _queue.Reader.ReadAllAsync())
        {
            await CommitAsync(first);
        }
    }

    private async Task CommitAsync(Write first)
    {
        var group = new List<Write> { first };
        try
        {
            _connection ??= open();
            await using SqliteTransaction transaction = _connection.BeginTransaction(deferred: false);
            await RunOneAsync(_connection, transaction, first);
            while (group.Count < groupLimit && _queue.Reader.TryRead(out Write? next))
            {
                group.Add(next);
                await RunOneAsync(_connection, transaction, next);
            }

            await transaction.CommitAsync();
        }
        catch (Exception e)
        {
            // Begin or commit failed, or SQLite undid the whole transaction: no write of the group is kept, and the
            // connection is not trusted any more.
            Close();
            group.ForEach(write => write.Durable.TrySetException(write.Failure ?? e));
            return;
        }

        group.ForEach(Complete);
    }

    private static async Task RunOneAsync(PreparingConnection connection, SqliteTransaction transaction, Write write)
    {
        if (!write.Begin())
        {
            return;
        }

        Execute(connection, transaction, Save);
        try
        {
            write.Cancelled.ThrowIfCancellationRequested();
            write.Transaction = new StoreTransaction(SqliteDialect.Instance, connection, transaction, write.Cancelled);
            await write.Work(write.Transaction);
            Execute(connection, transaction, Release);
        }
        catch (Exception e)
        {
            write.Failure = e;
            Execute(connection, transaction, Undo);
            Execute(connection, transaction, Release);
        }
    }

    private static void Execute(PreparingConnection connection, SqliteTransaction transaction, string statement)
    {
        SqliteCommand command = connection.Take(statement);
        command.Transaction = transaction;
        command.ExecuteNonQuery();
        connection.GiveBack(command);
    }

    private static void Complete(Write write)
    {
        if (write.Failure is not null)
        {
            write.Durable.TrySetException(write.Failure);
            return;
        }

        try
        {
            write.Transaction?.Committed();
        }
        catch (Exception)
        {
            // The write is durable whatever a wake-up does, and the one writer must not stop for it.
        }

        write.Durable.TrySetResult();
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private sealed class Write(Func<StoreTransaction, Task> work, CancellationToken cancelled)
    {
        private int _taken;

        internal Func<StoreTransaction, Task> Work { get; } = work;

        internal CancellationToken Cancelled { get; } = cancelled;

        internal TaskCompletionSource Durable { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal StoreTransaction? Transaction { get; set; }

        internal Exception? Failure { get; set; }

        /// <summary>Whether its work may run: who waits for it hasn't given up.</summary>
        internal bool Begin() => Interlocked.Exchange(ref _taken, 1) == 0;

        /// <summary>Ends the waiting, unless its turn has come: then the work itself is told.</summary>
        internal void GiveUp()
        {
            if (Begin())
            {
                Durable.TrySetCanceled(Cancelled);
            }
        }
    }
}
