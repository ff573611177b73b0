using Microsoft.Extensions.Logging;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Messaging.Consuming;

/// <summary>
/// Holds messages while their store is down: the work is tried again until the store is back, with growing, jittered
/// pauses. Meanwhile the messages stay unacknowledged at their queue, as many as the consumer prefetches, and no others
/// are taken; none goes to the error queue because of the store. What fails while the store answers is a failure of the
/// message, and is thrown after a few attempts.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="clock">What pauses are measured by.</param>
/// <param name="logger">Told of each attempt that failed.</param>
/// <param name="random">Makes each pause one of its own; <see cref="Random.Shared"/> where it is null.</param>
public sealed class StoreHold(IStore store, TimeProvider clock, ILogger<StoreHold> logger, Random? random = null)
{
    private const int AttemptLimit = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(10);

    /// <summary>Does work whose failure may be the messages': it is thrown where the store answers nonetheless.</summary>
    /// <param name="work">May run several times.</param>
    /// <param name="cancellationToken">The consumer stops: the messages return to their queue.</param>
    public Task RunAsync(Func<Task> work, CancellationToken cancellationToken) =>
        RunAsync(work, AttemptLimit, cancellationToken);

    /// <summary>Does work that deals with bad messages by itself: it is tried until it is done.</summary>
    public Task UntilDoneAsync(Func<Task> work, CancellationToken cancellationToken) =>
        RunAsync(work, int.MaxValue, cancellationToken);

    private async Task RunAsync(Func<Task> work, int attemptLimit, CancellationToken cancellationToken)
    {
        int answered = 0;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await work();
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                bool transient = store.IsTransient(e);
                if (!transient && await AnswersAsync(cancellationToken) && ++answered >= attemptLimit)
                {
                    throw;
                }

                TimeSpan pause = Pause(attempt);
                logger.LogWarning(
                    e, "Processing failed, attempt {Attempt}; the messages are held and tried again in {Pause}", attempt, pause);
                await Task.Delay(pause, clock, cancellationToken);
            }
        }
    }

    private TimeSpan Pause(int attempt)
    {
        TimeSpan pause = FirstPause * (1 << Math.Min(attempt, 10));
        return (pause < LongestPause ? pause : LongestPause) * (0.5 + ((random ?? Random.Shared).NextDouble() / 2));
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var probe = new CancellationTokenSource(ProbeLimit, clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, probe.Token);
        try
        {
            await Inbox.ProbeAsync(store, limit.Token);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
