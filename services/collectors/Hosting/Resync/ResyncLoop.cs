using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ReleaseIntegrity.Collectors.Hosting.Resync.Watermarks;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary>
/// Asks one source instance whenever it is due: at the start, every so often, after a hint, on demand. Each source has a
/// loop of its own, so that one that hangs keeps nobody waiting.
/// </summary>
internal sealed class ResyncLoop(
    Collector collector, ResyncSource source, TimeProvider clock, ILogger<ResyncLoop> logger, Random? random = null)
    : BackgroundService
{
    // Another process may have been told to ask, or be gone.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    // Many sources that start together are not asked in one moment.
    private static readonly TimeSpan StartSpread = TimeSpan.FromSeconds(1);

    private readonly WatermarkLog _watermarks = new(collector.Store);
    private readonly Random _random = random ?? Random.Shared;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        bool open = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!open)
                {
                    await OpenAsync(stoppingToken);
                    open = true;
                }

                await source.Wake.WaitAsync(await LookAsync(stoppingToken), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogError(
                    e, "Collector {Source}: the store failed; resync {Name} looks again in {Delay}",
                    WireNames.Of(collector.Source), source.Name, LookAgain);
                await Task.Delay(LookAgain, clock, CancellationToken.None);
            }
        }
    }

    /// <summary>What a start does before the loop: the source is known, and asked soon.</summary>
    internal Task OpenAsync(CancellationToken cancellationToken) =>
        _watermarks.OpenAsync(source.Name, source.Asked, clock.GetUtcNow() + (StartSpread * _random.NextDouble()), cancellationToken);

    /// <summary>Asks if it is time; returns how long to wait.</summary>
    internal async Task<TimeSpan> LookAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        WatermarkRow? row = await _watermarks.FindAsync(source.Name, cancellationToken);
        bool rested = row?.StartedAt is not { } started || started + TimeSpan.FromSeconds(source.Options.PauseSeconds) <= now;
        if (row is not null && row.DueAt <= now && rested && await _watermarks.ClaimAsync(source.Name, now, cancellationToken) is { } claim)
        {
            await new ResyncRun(collector, source, _watermarks, clock, logger, _random).AskAsync(claim, row.Failures, cancellationToken);
            return TimeSpan.Zero;
        }

        if (row is not null)
        {
            SourceStanding standing = SourceStanding.Of(row, source.Options, now);
            collector.Metrics.Stands(source.Name, standing.Silence, standing.Gap);
        }

        TimeSpan wait = row is null ? LookAgain
            : row.DueAt > now ? row.DueAt - now
            : !rested ? row.StartedAt!.Value + TimeSpan.FromSeconds(source.Options.PauseSeconds) - now
            : LookAgain;
        return wait < LookAgain ? wait : LookAgain;
    }
}
