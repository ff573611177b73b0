using System.Globalization;
using System.Text.Json;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Collectors.Hosting.Log;

/// <summary>
/// The collector's durable log: what was received, whole, and what normalising made of it. A content is kept once per
/// format and variant, with one delivery per receipt; the earliest receipt is the extraction time, and its headers are the ones
/// that are normalised, so that neither depends on the order of arrival.
/// <para>
/// Concurrency: any number of threads. Failure: <see cref="KeepAsync"/> returns only once the notification is on disk;
/// when it throws, nothing is promised to the sender.
/// </para>
/// </summary>
internal sealed class NotificationLog(IStore store, Source source, Outbox outbox, TimeProvider clock)
{
    // Long for reading a few notifications, short for whoever waits for those of a process that died.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private readonly NotificationStatements _sql = NotificationStatements.For(store.Engine);

    /// <summary>Keeps one delivery.</summary>
    /// <param name="notification">What was received.</param>
    /// <param name="variant">
    /// What its reading depends on and its address does not cover: the same bytes from another cluster are no redelivery.
    /// </param>
    /// <param name="cancellationToken">Gives up; nothing is kept then.</param>
    public Task<KeptDelivery> KeepAsync(
        Notification notification, string variant, CancellationToken cancellationToken)
    {
        string sha256 = notification.Sha256();
        string headers = JsonSerializer.Serialize(
            notification.Headers, ContractsJson.Default.IReadOnlyDictionaryStringString);
        return store.WriteAsync(
            async tx =>
            {
                (long id, bool waits) = await KeepContentAsync(tx, notification, sha256, variant, headers);
                long delivery = await tx.SingleAsync<long>(
                    _sql.InsertDelivery, new { id, notification.ReceivedAt });
                return new KeptDelivery(delivery.ToString(CultureInfo.InvariantCulture), sha256, waits);
            },
            cancellationToken);
    }

    /// <summary>Keeps what a resync fetched; false where it is known: then nothing is written, since nobody delivered anything.</summary>
    public async Task<bool> KeepFetchedAsync(StoreTransaction transaction, Notification notification, string variant)
    {
        string headers = JsonSerializer.Serialize(notification.Headers, ContractsJson.Default.IReadOnlyDictionaryStringString);
        if (await AddAsync(transaction, notification, notification.Sha256(), variant, headers) is not { } id)
        {
            return false;
        }

        await transaction.SingleAsync<long>(_sql.InsertDelivery, new { id, notification.ReceivedAt });
        return true;
    }

    /// <summary>How many contents wait to be normalised.</summary>
    public Task<long> CountWaitingAsync(CancellationToken cancellationToken) =>
        store.ReadAsync(s => s.SingleAsync<long>(_sql.CountWaiting), cancellationToken);

    /// <summary>
    /// The next contents to normalise, in the order in which they were first kept. Where other processes share the store
    /// they are this one's for a while: no other takes them before the lease is over.
    /// </summary>
    /// <param name="after">Id of the last content that the caller has seen.</param>
    /// <param name="limit">How many, at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<WaitingRow>> TakeAsync(long after, int limit, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        var parameters = new { after, limit, now, until = now + Lease };

        // Most looks find nothing, and a look should not cost a flush of the disk.
        IReadOnlyList<WaitingRow> waiting = await store.ReadAsync(
            s => s.QueryAsync<WaitingRow>(_sql.SelectWaiting, parameters), cancellationToken);
        return waiting.Count == 0 || !store.IsShared
            ? waiting
            : [.. (await store.WriteAsync(tx => tx.QueryAsync<WaitingRow>(_sql.ClaimWaiting, parameters), cancellationToken))
                .OrderBy(w => w.NotificationId)];
    }

    /// <summary>Contents that wait, in the order in which they were first kept.</summary>
    public Task<IReadOnlyList<KeptNotification>> LoadAsync(IEnumerable<long> ids, CancellationToken cancellationToken) =>
        store.ReadAsync<IReadOnlyList<KeptNotification>>(
            async s => [.. (await s.QueryAsync<NotificationRow>(_sql.SelectKept, new { ids = s.Keys(ids) })).Select(row => row.Kept(source))],
            cancellationToken);

    /// <summary>
    /// Records what became of contents, replacing what earlier readings made of them. Returns those that were recorded:
    /// where a content has changed since it was loaded, or another process was faster, nothing is written.
    /// </summary>
    public async Task<IReadOnlyList<ReadNotification>> RecordAsync(
        StoreTransaction transaction, IReadOnlyList<ReadNotification> readings)
    {
        var changed = (await transaction.QueryRowsAsync<ReadNotification, long>(
            _sql.MarkNormalised, NotificationStatements.Readings, readings)).ToHashSet();
        ReadNotification[] recorded = [.. readings.Where(r => changed.Contains(r.Kept.Id))];

        // Only a content that was put back has been read before.
        long[] again = [.. recorded.Where(r => r.Kept.Revision > KeptNotification.FirstRevision).Select(r => r.Kept.Id)];
        if (again.Length > 0)
        {
            await transaction.ExecuteAsync(_sql.DeleteItems, new { ids = transaction.Keys(again) });
        }

        await transaction.ExecuteRowsAsync(
            _sql.InsertItems,
            NotificationStatements.Items,
            [.. recorded.SelectMany(r => r.Result.Items, (r, item) => (r.Kept.Id, item))]);
        await HearAsync(transaction, recorded);
        return recorded;
    }

    /// <summary>
    /// Puts back what could not be used and may be now: contents with a rejected item that an older mapping version
    /// read, and contents that made their normaliser fail. Returns how many.
    /// </summary>
    public Task<int> RequeueUnusableAsync(string format, int mappingVersion, CancellationToken cancellationToken) =>
        store.WriteAsync(
            tx => tx.ExecuteAsync(_sql.RequeueUnusable, new { format, mappingVersion }), cancellationToken);

    private async Task<(long Id, bool Waits)> KeepContentAsync(
        StoreTransaction tx, Notification notification, string sha256, string variant, string headers)
    {
        if (await AddAsync(tx, notification, sha256, variant, headers) is { } id)
        {
            return (id, true);
        }

        NotificationRow known = await tx.SingleAsync<NotificationRow>(
            _sql.SelectKnown, new { sha256, notification.Format, variant });
        int order = notification.ReceivedAt.CompareTo(known.ReceivedAt);
        bool earlier = order < 0 || (order == 0 && string.CompareOrdinal(headers, known.Headers) < 0);
        if (known.ReleasedAt is not null)
        {
            await tx.ExecuteAsync(_sql.Restore, new { known.NotificationId, Body = notification.Body.ToArray() });
        }

        await tx.ExecuteAsync(
            earlier ? _sql.Redeliver + _sql.ReadAnew : _sql.Redeliver,
            new { known.NotificationId, headers, notification.ReceivedAt });
        if (order > 0)
        {
            await HearAsync(tx, await tx.QueryAsync<string>(_sql.SelectInstances, new { known.NotificationId }), notification.ReceivedAt);
        }

        return (known.NotificationId, earlier && known.State != NotificationState.Kept);
    }

    // Of contents that came again before they were read: their observations tell of the earliest receipt alone.
    private async Task HearAsync(StoreTransaction tx, IReadOnlyList<ReadNotification> recorded)
    {
        var last = (await tx.QueryAsync<NotificationRow>(_sql.SelectLastReceipts, new { ids = tx.Keys(recorded.Select(r => r.Kept.Id)) }))
            .ToDictionary(r => r.NotificationId, r => r.ReceivedAt);
        foreach (ReadNotification reading in recorded)
        {
            if (last.TryGetValue(reading.Kept.Id, out DateTimeOffset at) && at > reading.Kept.Notification.ReceivedAt)
            {
                await HearAsync(tx, reading.Result.Items.Where(i => i.Outcome == NormaliseOutcome.Observed).Select(i => i.Instance!), at);
            }
        }
    }

    // Whoever repeats himself says nothing new, and was heard: what ages is measured from there.
    private Task HearAsync(StoreTransaction tx, IEnumerable<string> instances, DateTimeOffset at) =>
        outbox.EnqueueAsync(tx, [.. instances.Distinct(StringComparer.Ordinal).Select(i => HeardInstances.Message(source, i, at))]);

    private Task<long?> AddAsync(StoreTransaction tx, Notification notification, string sha256, string variant, string headers) =>
        tx.SingleOrDefaultAsync<long?>(
            _sql.Insert,
            new
            {
                sha256,
                notification.Format,
                variant,
                Body = notification.Body.ToArray(),
                headers,
                notification.Instance,
                notification.ReceivedAt,
            });
}
