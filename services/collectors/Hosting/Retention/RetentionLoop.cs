using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Retention;

/// <summary>Looks every so often for bytes that need not be kept any longer, where that is configured.</summary>
internal sealed class RetentionLoop(Collector collector, IEvidenceReferences? references, TimeProvider clock, ILogger<RetentionLoop> logger)
    : BackgroundService
{
    private readonly string _source = WireNames.Of(collector.Source);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (references is null || !collector.Options.Retention.IsOn)
        {
            return;
        }

        var run = new RetentionRun(collector, references);
        while (!stoppingToken.IsCancellationRequested)
        {
            // Jittered, so that replicas and collectors don't all ask in one moment.
            TimeSpan pause = TimeSpan.FromSeconds(collector.Options.Retention.EverySeconds) * (0.9 + (0.2 * Random.Shared.NextDouble()));
            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                Tell(await run.LookAsync(clock.GetUtcNow(), stoppingToken));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (UnansweredException e)
            {
                collector.Metrics.Unanswered();
                logger.LogWarning(
                    "Collector {Source}: {Reason}, so it is not known which notifications ledgers refer to, and they are kept; asked again in {Pause}",
                    _source, e.Message, pause);
            }
            catch (Exception e)
            {
                logger.LogError(e, "Collector {Source}: the store failed; retention looks again in {Pause}", _source, pause);
            }
        }
    }

    private void Tell(Retained done)
    {
        collector.Metrics.Retained(done.Released, done.Referred, done.KeptBytes);
        if (done.Released > 0)
        {
            logger.LogInformation(
                "Collector {Source}: the bytes of {Released} notifications are let go, {Referred} that are due are still referred to, {Bytes} bytes are kept",
                _source, done.Released, done.Referred, done.KeptBytes);
        }
    }
}
