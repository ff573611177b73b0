using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ReleaseIntegrity.Collectors.Hosting.Log;
using ReleaseIntegrity.Collectors.Hosting.Resync;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Normalising;

/// <summary>
/// Takes kept notifications in order, a few at once, and records for each its items' outcomes together with the
/// messages that announce them. After a crash it goes on with what is still kept; whatever fails for one notification
/// leaves its neighbours alone.
/// </summary>
internal sealed class NormalisationLoop(Collector collector, ResyncRequests resyncs, TimeProvider clock, ILogger<NormalisationLoop> logger)
    : BackgroundService
{
    // What is taken at once, and what of it is loaded, normalised and recorded together: one transaction with few
    // statements.
    private const int PageLimit = 128;
    private const long PortionBytesLimit = 4 * 1024 * 1024;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly string _source = WireNames.Of(collector.Source);

    /// <summary>Goes once through everything that is kept; returns how many notifications it recorded.</summary>
    public async Task<int> DrainAsync(CancellationToken cancellationToken)
    {
        int recorded = 0;
        long after = 0;
        while (true)
        {
            IReadOnlyList<WaitingRow> page = await collector.Log.TakeAsync(after, PageLimit, cancellationToken);
            if (page.Count == 0)
            {
                return recorded;
            }

            foreach (long[] ids in Portions(page))
            {
                IReadOnlyList<KeptNotification> kept = await collector.Log.LoadAsync(ids, cancellationToken);
                recorded += await RecordAsync(Read(kept, cancellationToken), cancellationToken);
            }

            after = page[^1].NotificationId;
        }
    }

    // In memory together; one longer body comes alone.
    private static IEnumerable<long[]> Portions(IReadOnlyList<WaitingRow> page)
    {
        List<long> portion = [];
        long bytes = 0;
        foreach (WaitingRow waiting in page)
        {
            if (portion.Count > 0 && bytes + waiting.Bytes > PortionBytesLimit)
            {
                yield return [.. portion];
                portion.Clear();
                bytes = 0;
            }

            portion.Add(waiting.NotificationId);
            bytes += waiting.Bytes;
        }

        yield return [.. portion];
    }

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await ResumeAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>What a start does before the loop: puts back what may be usable now, and counts what waits.</summary>
    internal async Task ResumeAsync(CancellationToken cancellationToken)
    {
        foreach (INormalizer normaliser in collector.Normalisers.Values)
        {
            int requeued = await collector.Log.RequeueUnusableAsync(
                normaliser.Format, normaliser.MappingVersion, cancellationToken);
            if (requeued > 0)
            {
                logger.LogInformation(
                    "Collector {Source}: {Count} notifications in format {Format} could not be used before and are read again",
                    _source, requeued, normaliser.Format);
            }
        }

        collector.Load.Counted(await collector.Log.CountWaitingAsync(cancellationToken));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await DrainAsync(stoppingToken);
                if (collector.Store.IsShared)
                {
                    collector.Load.Counted(await collector.Log.CountWaitingAsync(stoppingToken));
                }

                await collector.Received.WaitAsync(Pause, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogError(e, "Collector {Source}: the store failed; looking again in {Delay}", _source, Pause);
                await Task.Delay(Pause, clock, CancellationToken.None);
            }
        }
    }

    private ReadNotification[] Read(IReadOnlyList<KeptNotification> page, CancellationToken cancellationToken)
    {
        var readings = new ReadNotification[page.Count];
        Parallel.For(
            0,
            page.Count,
            new ParallelOptions { MaxDegreeOfParallelism = collector.Options.NormaliseConcurrency, CancellationToken = cancellationToken },
            i => readings[i] = Read(page[i]));
        return readings;
    }

    private ReadNotification Read(KeptNotification kept)
    {
        string format = kept.Notification.Format;
        long started = clock.GetTimestamp();
        NormalisedNotification result = NotificationReading.Read(
            kept,
            collector.Normalisers.GetValueOrDefault(format),
            collector.Partitions,
            collector.Options.ObservationsPerMessage,
            out Exception? failure);
        collector.Metrics.Took(format, clock.GetElapsedTime(started));
        LogFailure(kept.Id, format, result, failure);
        return new ReadNotification(kept, result);
    }

    private async Task<int> RecordAsync(ReadNotification[] readings, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<ReadNotification> recorded = await collector.Store.WriteAsync(
                async tx =>
                {
                    IReadOnlyList<ReadNotification> changed = await collector.Log.RecordAsync(tx, readings);
                    await resyncs.NoteAsync(tx, changed);
                    await collector.Outbox.EnqueueAsync(tx, [.. changed.SelectMany(r => r.Result.Messages)]);
                    return changed;
                },
                cancellationToken);
            collector.Load.Waiting(-recorded.Count);
            Count(recorded);
            return recorded.Count;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (readings.Length > 1)
            {
                // One of them is the reason; the others shall not wait for it.
                int recorded = 0;
                foreach (ReadNotification reading in readings)
                {
                    recorded += await RecordAsync([reading], cancellationToken);
                }

                return recorded;
            }

            // Still kept: the next round takes it again, after the others have had their turn.
            logger.LogError(
                e, "Collector {Source}: notification {NotificationId} could not be recorded", _source, readings[0].Kept.Id);
            return 0;
        }
    }

    private void LogFailure(long id, string format, NormalisedNotification normalised, Exception? failure)
    {
        if (normalised.Failed)
        {
            // Not the exception's message: it may quote the payload.
            logger.LogError(
                "Collector {Source}: notification {NotificationId} in format {Format} is quarantined: {Exception} {StackTrace}",
                _source, id, format, failure?.GetType().Name ?? normalised.Items[0].Reason, failure?.StackTrace);
        }
    }

    private void Count(IEnumerable<ReadNotification> recorded)
    {
        foreach (var outcome in recorded
            .SelectMany(r => r.Result.Items, (r, item) => (r.Kept.Notification.Format, item.Outcome))
            .CountBy(i => i))
        {
            collector.Metrics.Normalised(outcome.Key.Format, WireNames.Of(outcome.Key.Outcome), outcome.Value);
        }
    }
}
