using System.Buffers.Binary;

namespace ReleaseIntegrity.Storage;

/// <summary>
/// The transactional outbox of one store: a message is a row in the transaction of the state that it announces, so
/// neither exists without the other. Delivery is at least once; a consumer keeps an <see cref="Inbox"/>.
/// <para>
/// Concurrency: any number of threads; the dispatcher is one per process, and those of several processes share the rows
/// by claiming them for a while. Order: messages of one key are first published in the order of their writing, as long
/// as the transactions that write them exclude each other, and while one of them can not be published the later ones
/// wait. A message sent again because its confirmation was lost comes after later ones: consumers do not rely on order
/// for correctness.
/// </para>
/// </summary>
public sealed class Outbox(IStore store, OutboxOptions options, TimeProvider clock)
{
    private readonly OutboxStatements _sql = OutboxStatements.For(store.Engine);
    private readonly WakeSignal _wake = new(clock);

    /// <summary>Whether this process alone dispatches from the store, so that claims of an earlier process are void.</summary>
    internal bool IsAlone => !store.IsShared;

    /// <summary>How it is emptied.</summary>
    public OutboxOptions Options { get; } = options;

    /// <summary>Writes messages in the caller's transaction. One whose id is waiting already is not written again.</summary>
    public async Task EnqueueAsync(StoreTransaction transaction, IReadOnlyList<OutboxMessage> messages)
    {
        if (messages.Count == 0)
        {
            return;
        }

        await transaction.ExecuteRowsAsync(
            _sql.Insert,
            OutboxStatements.Rows,
            [.. messages.DistinctBy(m => m.Id).Select((message, number) => (message, number))],
            ("now", clock.GetUtcNow()));
        transaction.OnCommitted(_wake.Give);
    }

    /// <summary>
    /// Ends messages that their consumer has processed. Unknown ids are no error: a message that was sent twice is
    /// confirmed twice. Returns how many ended.
    /// </summary>
    public async Task<int> ConfirmAsync(IReadOnlyCollection<Guid> messageIds, CancellationToken cancellationToken)
    {
        int ended = await store.WriteAsync(
            transaction => transaction.ExecuteAsync(_sql.DeleteByIds, new { keys = transaction.Keys(messageIds) }),
            cancellationToken);
        _wake.Give();
        return ended;
    }

    /// <summary>Messages that wait, published or not, and since when the oldest does.</summary>
    public Task<OutboxBacklog> BacklogAsync(CancellationToken cancellationToken) =>
        store.ReadAsync(snapshot => snapshot.SingleAsync<OutboxBacklog>(_sql.Backlog), cancellationToken);

    internal Task ReclaimAsync(CancellationToken cancellationToken) =>
        store.WriteAsync(
            transaction => transaction.ExecuteAsync(_sql.Reclaim, new { now = clock.GetUtcNow() }),
            cancellationToken);

    /// <summary>Claims what is due, in order of writing, so that no other process publishes it within the lease.</summary>
    internal async Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        var parameters = new
        {
            now, until = now + Options.Lease, limit = Options.BatchLimit, unconfirmed = Options.UnconfirmedLimit,
        };

        // Most looks find nothing, and a look should not cost a flush of the disk.
        bool due = await store.ReadAsync(
            async snapshot => await snapshot.SingleAsync<long>(_sql.AnyDue, parameters) != 0, cancellationToken);
        return !due ? (IReadOnlyList<ClaimedMessage>)[] : await store.WriteAsync(
            async transaction =>
            {
                List<ClaimedMessage> claimed =
                [
                    .. (await transaction.QueryAsync<ClaimedMessage>(_sql.ClaimResend, parameters)).OrderBy(m => m.Position),
                    .. (await transaction.QueryAsync<ClaimedMessage>(_sql.ClaimDue, parameters)).OrderBy(m => m.Position),
                ];
                return claimed;
            },
            cancellationToken);
    }

    internal Task SettleAsync(
        IReadOnlyCollection<ClaimedMessage> published, IReadOnlyCollection<ClaimedMessage> failed, bool durable)
    {
        DateTimeOffset now = clock.GetUtcNow();
        ILookup<bool, ClaimedMessage> waits = published.ToLookup(m => !durable && m.Destination is not null);
        return store.WriteAsync(
            async transaction =>
            {
                await SettleAsync(transaction, _sql.Delete, waits[false], now);
                await SettleAsync(transaction, _sql.MarkPublished, waits[true], now + Options.ResendAfter);
                foreach (IGrouping<TimeSpan, ClaimedMessage> delayed in failed.GroupBy(RetryDelay))
                {
                    await SettleAsync(transaction, _sql.Defer, delayed, now + (delayed.Key * Share(delayed.First())));
                }
            },
            CancellationToken.None);
    }

    internal Task WaitAsync(TimeSpan limit, CancellationToken cancellationToken) =>
        _wake.WaitAsync(limit, cancellationToken);

    private static async Task SettleAsync(
        StoreTransaction transaction, string sql, IEnumerable<ClaimedMessage> messages, DateTimeOffset dueAt)
    {
        long[] positions = [.. messages.Select(m => m.Position)];
        if (positions.Length > 0)
        {
            await transaction.ExecuteAsync(sql, new { keys = transaction.Keys(positions), dueAt });
        }
    }

    /// <summary>
    /// From a half to one. Each batch waits for a time of its own, since when a broker comes back nobody shall wait for the
    /// same instant; ids are hashes, so one of them is as good as chance.
    /// </summary>
    private static double Share(ClaimedMessage message) =>
        0.5 + (BinaryPrimitives.ReadUInt16LittleEndian(message.MessageId.ToByteArray().AsSpan(^2)) / 65536.0 / 2);

    private TimeSpan RetryDelay(ClaimedMessage message)
    {
        TimeSpan delay = Options.RetryAfter * Math.Pow(2, Math.Min(message.Attempts, 20));
        return delay < Options.RetryLimit ? delay : Options.RetryLimit;
    }
}

/// <summary>What an outbox still holds.</summary>
public sealed record OutboxBacklog
{
    /// <summary>Messages not done.</summary>
    public long Messages { get; init; }

    /// <summary>When the oldest of them was written; null when there is none.</summary>
    public DateTimeOffset? OldestCreatedAt { get; init; }
}

/// <summary>A row that a dispatcher has claimed.</summary>
internal sealed record ClaimedMessage
{
    public long Position { get; init; }

    public Guid MessageId { get; init; }

    public string Type { get; init; } = "";

    public byte[] Payload { get; init; } = [];

    public string? Destination { get; init; }

    public string? OrderKey { get; init; }

    public int Attempts { get; init; }

    public OutboxMessage Message => new()
    {
        Id = MessageId,
        Type = Type,
        Payload = Payload,
        Destination = Destination,
        OrderKey = OrderKey,
    };
}
