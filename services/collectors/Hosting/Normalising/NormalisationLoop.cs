using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ReleaseIntegrity.Collectors.Hosting.Log;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Normalising;

/// <summary>
/// Takes kept notifications in order, a few at once, and records for each its items' outcomes together with the
/// messages that announce them. After a crash it goes on with what is still kept; whatever fails for one notification
/// leaves its neighbours alone.
/// </summary>
internal sealed class NormalisationLoop(Collector collector, TimeProvider clock, ILogger<NormalisationLoop> logger)
    : BackgroundService
{
    // Also how many wait for the disk together: they share its commits, while only a few are normalised at once.
    private const int PageLimit = 32;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly string _source = WireNames.Of(collector.Source);
    private readonly SemaphoreSlim _processors = new(collector.Options.NormaliseConcurrency);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _processors.Dispose();
        base.Dispose();
    }

    /// <summary>Goes once through everything that is kept; returns how many notifications it recorded.</summary>
    public async Task<int> DrainAsync(CancellationToken cancellationToken)
    {
        int recorded = 0;
        long after = 0;
        while (true)
        {
            IReadOnlyList<long> page = await collector.Log.WaitingAsync(after, PageLimit, cancellationToken);
            if (page.Count == 0)
            {
                return recorded;
            }

            await Parallel.ForEachAsync(
                page,
                new ParallelOptions { MaxDegreeOfParallelism = PageLimit, CancellationToken = cancellationToken },
                async (id, ct) =>
                {
                    if (await NormaliseAsync(id, ct))
                    {
                        Interlocked.Increment(ref recorded);
                    }
                });
            after = page[^1];
        }
    }

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
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
        await base.StartAsync(cancellationToken);
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

    private async Task<bool> NormaliseAsync(long id, CancellationToken cancellationToken)
    {
        try
        {
            (KeptNotification kept, NormalisedNotification normalised) = await ReadAsync(id, cancellationToken);
            bool recorded = await collector.Store.WriteAsync(
                async tx =>
                {
                    bool changed = await collector.Log.RecordAsync(tx, kept, normalised);
                    if (changed)
                    {
                        await collector.Outbox.EnqueueAsync(tx, normalised.Messages);
                    }

                    return changed;
                },
                cancellationToken);
            if (recorded)
            {
                collector.Load.Waiting(-1);
                Count(kept.Notification.Format, normalised);
            }

            return recorded;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Still kept: the next round takes it again, after the others have had their turn.
            logger.LogError(e, "Collector {Source}: notification {NotificationId} could not be recorded", _source, id);
            return false;
        }
    }

    private async Task<(KeptNotification Kept, NormalisedNotification Normalised)> ReadAsync(
        long id, CancellationToken cancellationToken)
    {
        await _processors.WaitAsync(cancellationToken);
        try
        {
            KeptNotification kept = await collector.Log.LoadAsync(id, cancellationToken);
            string format = kept.Notification.Format;
            long started = clock.GetTimestamp();
            NormalisedNotification normalised = NotificationReading.Read(
                kept,
                collector.Normalisers.GetValueOrDefault(format),
                collector.Options.ObservationsPerMessage,
                out Exception? failure);
            collector.Metrics.Took(format, clock.GetElapsedTime(started));
            LogFailure(id, format, normalised, failure);
            return (kept, normalised);
        }
        finally
        {
            _processors.Release();
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

    private void Count(string format, NormalisedNotification normalised)
    {
        foreach (IGrouping<NormaliseOutcome, OutcomeRow> outcome in normalised.Items.GroupBy(i => i.Outcome))
        {
            collector.Metrics.Normalised(format, WireNames.Of(outcome.Key), outcome.LongCount());
        }
    }
}
