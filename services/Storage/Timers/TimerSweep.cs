using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ReleaseIntegrity.Storage;

/// <summary>
/// Does what a timer is for. Concurrency: timers fire one after the other. Failure: an exception fires the timer
/// again later; the same timer can fire twice, so a handler looks at its own state before it acts.
/// </summary>
public interface ITimerHandler
{
    /// <summary>The kind of timer that it handles; one handler per kind.</summary>
    string Kind { get; }

    /// <summary>Called once the timer is due. The handler may set the timer anew from inside.</summary>
    Task FireAsync(TimerRow timer, CancellationToken cancellationToken);
}

/// <summary>How timers are swept.</summary>
public sealed record TimerSweepOptions
{
    /// <summary>Timers claimed at once, at most. Default 256.</summary>
    public int BatchLimit { get; init; } = 256;

    /// <summary>How long a claim lasts before another process may fire the timer. Default 20 s.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest pause between two looks; shorter when a timer is due earlier. Default 5 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>First delay after a handler failed; it doubles up to a minute. Default 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What the first look waits for: until then timers are left to others. Default nothing.</summary>
    public Func<CancellationToken, Task> StartAfter { get; init; } = _ => Task.CompletedTask;
}

/// <summary>Fires timers when they are due, in order of their instants.</summary>
public sealed class TimerSweep(
    Timers timers,
    IEnumerable<ITimerHandler> handlers,
    TimerSweepOptions options,
    TimeProvider clock,
    ILogger<TimerSweep> logger) : BackgroundService
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, ITimerHandler> _handlers =
        handlers.ToDictionary(h => h.Kind, StringComparer.Ordinal);

    /// <summary>One pass; returns how many timers it claimed. Tests call it without running the loop.</summary>
    public async Task<int> SweepOnceAsync(CancellationToken cancellationToken)
    {
        if (await timers.NextDueAsync(cancellationToken) is not { } next || next > clock.GetUtcNow())
        {
            return 0;
        }

        IReadOnlyList<ClaimedTimer> due = await timers.ClaimAsync(options, cancellationToken);
        foreach (ClaimedTimer timer in due)
        {
            await FireAsync(timer, cancellationToken);
        }

        return due.Count;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        bool reclaimed = !timers.IsAlone;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await options.StartAfter(stoppingToken);
                if (!reclaimed)
                {
                    await timers.ReclaimAsync(stoppingToken);
                    reclaimed = true;
                }

                if (await SweepOnceAsync(stoppingToken) < options.BatchLimit)
                {
                    await timers.WaitAsync(await PauseAsync(stoppingToken), stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogError(e, "Timers: the store failed; looking again in {Delay}", options.PollInterval);
                await timers.WaitAsync(options.PollInterval, CancellationToken.None);
            }
        }
    }

    private async Task FireAsync(ClaimedTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            if (!_handlers.TryGetValue(timer.Kind, out ITimerHandler? handler))
            {
                throw new InvalidOperationException($"no handler for timers of kind '{timer.Kind}'");
            }

            await handler.FireAsync(timer.Row, cancellationToken);
            await timers.EndAsync(timer, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            TimeSpan delay = options.RetryAfter * Math.Pow(2, Math.Min(timer.Attempts, 10));
            delay = delay < LongestRetry ? delay : LongestRetry;
            logger.LogError(e, "Timer {Kind} failed, attempt {Attempt}; again in {Delay}", timer.Kind, timer.Attempts + 1, delay);
            await timers.DeferAsync(timer, delay, cancellationToken);
        }
    }

    private async Task<TimeSpan> PauseAsync(CancellationToken cancellationToken)
    {
        TimeSpan untilNext = await timers.NextDueAsync(cancellationToken) is { } next
            ? next - clock.GetUtcNow()
            : options.PollInterval;
        return untilNext < ShortestPause ? ShortestPause
            : untilNext < options.PollInterval ? untilNext
            : options.PollInterval;
    }
}
