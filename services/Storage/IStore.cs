namespace ReleaseIntegrity.Storage;

/// <summary>
/// A service's own database: one port, one implementation per engine. Nothing above it names an engine, except for
/// SQL statements that engines spell differently, which are kept side by side.
/// <para>
/// Concurrency: every member may be called from any number of threads. Writes are serialisable among each other;
/// a read sees one committed snapshot and never waits for a writer.
/// </para>
/// <para>
/// Failure: when <see cref="WriteAsync{T}"/> returns, the write is on disk and survives <c>kill -9</c> and loss of
/// power. When it throws, nothing of the write is kept, with one exception: a cancellation or a lost connection at
/// the commit itself leaves the outcome unknown, so a write that is tried again must be idempotent.
/// </para>
/// </summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>Name of the engine, and of the migration folder that is its own; one of <see cref="StoreEngines"/>.</summary>
    string Engine { get; }

    /// <summary>
    /// Whether other processes may use the same database at this time: then what is claimed may be theirs, and what they
    /// write is seen by looking.
    /// </summary>
    bool IsShared { get; }

    /// <summary>Runs queries on one committed snapshot.</summary>
    Task<T> ReadAsync<T>(Func<StoreSnapshot, Task<T>> read, CancellationToken cancellationToken);

    /// <summary>
    /// Runs one transaction: all of it is durable when the task completes, or none of it is kept. The work must touch
    /// nothing but the transaction, since the engine may run it again after a transient failure. Writing to the same
    /// store from inside the work is refused, since it would wait for itself.
    /// </summary>
    /// <param name="write">The statements; its exception undoes this write alone and is thrown to the caller.</param>
    /// <param name="cancellationToken">
    /// Gives up waiting for the turn, and stops the work itself; once the work has run, the commit is not cancelled.
    /// </param>
    Task<T> WriteAsync<T>(Func<StoreTransaction, Task<T>> write, CancellationToken cancellationToken);

    /// <summary>Whether the same call may succeed later: the file or rows are busy, a deadlock, a lost connection.</summary>
    bool IsTransient(Exception exception);

    /// <summary>Whether a statement broke a primary key or unique constraint.</summary>
    bool IsUniqueViolation(Exception exception);
}

/// <summary>Shorthand on <see cref="IStore"/>.</summary>
public static class StoreExtensions
{
    /// <summary>Runs one transaction without a result, as <see cref="IStore.WriteAsync{T}"/> does.</summary>
    public static Task WriteAsync(
        this IStore store, Func<StoreTransaction, Task> write, CancellationToken cancellationToken) =>
        store.WriteAsync(
            async transaction =>
            {
                await write(transaction);
                return true;
            },
            cancellationToken);
}
