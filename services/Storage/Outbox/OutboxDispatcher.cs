using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ReleaseIntegrity.Storage;

/// <summary>
/// Empties an outbox: claims a batch, publishes it, ends or defers each message, and looks again. A failing transport
/// or store slows it down and never stops it; what was claimed when the process died is due
/// again at the next start, or once its lease is over where other processes share the store.
/// </summary>
public sealed class OutboxDispatcher(
    Outbox outbox, IOutboxPublisher publisher, ILogger<OutboxDispatcher> logger) : BackgroundService
{
    private static readonly Meter Meter = new("ReleaseIntegrity.Outbox");
    private static readonly Counter<long> Published = Meter.CreateCounter<long>(
        "releaseintegrity.outbox.published", "{message}", "Messages that the transport took, re-sent ones included.");

    private static readonly Counter<long> Failed = Meter.CreateCounter<long>(
        "releaseintegrity.outbox.failed", "{attempt}", "Attempts to publish that failed; each is tried again.");

    private readonly OutboxOptions _options = outbox.Options;

    /// <summary>
    /// One pass: claims what is due and publishes it. Returns how many messages it claimed. Tests call it without
    /// running the loop; the two must not run at once.
    /// </summary>
    public async Task<int> DispatchOnceAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<ClaimedMessage> claimed = await outbox.ClaimAsync(cancellationToken);
        if (claimed.Count == 0)
        {
            return 0;
        }

        var published = new ConcurrentQueue<ClaimedMessage>();
        var failed = new ConcurrentQueue<ClaimedMessage>();
        var sequences = new ConcurrentQueue<IReadOnlyList<IReadOnlyList<ClaimedMessage>>>(OutboxPacking.Pack(claimed, _options));
        await Task.WhenAll(Enumerable.Range(0, Math.Min(_options.PublishConcurrency, sequences.Count)).Select(_ => PublishWaitingAsync()));
        await outbox.SettleAsync(published, failed, publisher.IsDurable);
        Count(Published, published.Count);
        Count(Failed, failed.Count);
        return claimed.Count;

        // On the caller's thread up to where the transport waits: whoever owns the transport can own the order, too.
        async Task PublishWaitingAsync()
        {
            while (sequences.TryDequeue(out IReadOnlyList<IReadOnlyList<ClaimedMessage>>? sequence))
            {
                await PublishInOrderAsync(sequence, published, failed, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        bool reclaimed = !outbox.IsAlone;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!reclaimed)
                {
                    await outbox.ReclaimAsync(stoppingToken);
                    reclaimed = true;
                }

                await publisher.ReadyAsync(stoppingToken);

                // A full batch means that there is more.
                if (await DispatchOnceAsync(stoppingToken) < _options.BatchLimit)
                {
                    await outbox.WaitAsync(_options.PollInterval, stoppingToken);
                    await Task.Delay(_options.Gather, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogError(e, "Outbox {Outbox}: the store failed; looking again in {Delay}", _options.Name, _options.PollInterval);
                await outbox.WaitAsync(_options.PollInterval, CancellationToken.None);
            }
        }
    }

    private async Task PublishInOrderAsync(
        IReadOnlyList<IReadOnlyList<ClaimedMessage>> sequence,
        ConcurrentQueue<ClaimedMessage> published,
        ConcurrentQueue<ClaimedMessage> failed,
        CancellationToken cancellationToken)
    {
        for (int i = 0; i < sequence.Count; i++)
        {
            IReadOnlyList<ClaimedMessage> parcel = sequence[i];
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                await publisher.PublishAsync(
                    new OutboxParcel(_options.Name, parcel[0].Destination, [.. parcel.Select(m => m.Message)]), cancellationToken);
                AddAll(published, parcel);
            }
            catch (Exception e)
            {
                // The later ones of the sequence wait for it.
                if (e is not OperationCanceledException)
                {
                    logger.LogWarning(
                        e, "Outbox {Outbox}: {Count} messages to {Destination} were not taken, attempt {Attempt}",
                        _options.Name, parcel.Count, parcel[0].Destination ?? parcel[0].Type, parcel[0].Attempts + 1);
                }

                AddAll(failed, sequence.Skip(i).SelectMany(p => p));
                return;
            }
        }
    }

    private static void AddAll(ConcurrentQueue<ClaimedMessage> queue, IEnumerable<ClaimedMessage> messages)
    {
        foreach (ClaimedMessage message in messages)
        {
            queue.Enqueue(message);
        }
    }

    private void Count(Counter<long> counter, int count) =>
        counter.Add(count, new TagList { { "outbox", _options.Name } });
}
