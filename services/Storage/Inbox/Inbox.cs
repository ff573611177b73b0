namespace ReleaseIntegrity.Storage;

/// <summary>
/// What a consumer has processed already, recorded in the same transaction as what it made of it: a message that is
/// delivered again changes nothing, and can be confirmed again.
/// <para>
/// Concurrency: of two transactions that record one message, one sees it as new. Failure: the record is undone with
/// its transaction. Kept for as long as a re-send is thinkable; a message older than <see cref="PurgeAsync"/> allows
/// is taken as new, so what it does should be idempotent by itself.
/// </para>
/// </summary>
/// <param name="Consumer">Name of the consumer; each one of a store has an inbox of its own.</param>
public sealed record Inbox(string Consumer)
{
    /// <summary>Records one message; false when it has been processed before.</summary>
    public async Task<bool> TryRecordAsync(StoreTransaction transaction, Guid messageId, DateTimeOffset now) =>
        (await RecordAsync(transaction, [messageId], now)).Count == 1;

    /// <summary>Records many messages; returns those that have not been processed before, each once.</summary>
    public async Task<IReadOnlySet<Guid>> RecordAsync(
        StoreTransaction transaction, IEnumerable<Guid> messageIds, DateTimeOffset now)
    {
        IReadOnlyList<Guid> fresh = await transaction.QueryRowsAsync<Guid, Guid>(
            InboxStatements.For(transaction.Engine).Record, InboxStatements.Ids, [.. messageIds.Distinct()], ("consumer", Consumer), ("now", now));
        return fresh.ToHashSet();
    }

    /// <summary>Forgets messages processed before an instant; returns how many.</summary>
    public Task<int> PurgeAsync(StoreTransaction transaction, DateTimeOffset before) =>
        transaction.ExecuteAsync(
            InboxStatements.For(transaction.Engine).Purge, new { Consumer, before });

    /// <summary>
    /// A write that changes nothing, for whoever has to know whether the store takes any: one that can only be read is down
    /// as far as a consumer is concerned.
    /// </summary>
    public static Task ProbeAsync(IStore store, CancellationToken cancellationToken) =>
        store.WriteAsync(
            transaction => transaction.ExecuteAsync(InboxStatements.For(transaction.Engine).Probe), cancellationToken);
}
