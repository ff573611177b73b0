using ReleaseIntegrity.Hosting.Draining;

namespace ReleaseIntegrity.Collectors.Hosting.Normalising;

/// <summary>Before the service stops, what was kept is normalised; the loop goes on doing it meanwhile.</summary>
internal sealed class BacklogDrain(Collector collector, TimeProvider clock) : IDrainStep
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    public async Task DrainAsync(CancellationToken limit)
    {
        // Asked of the store: another replica may have normalised what this one kept.
        while (await collector.Log.CountWaitingAsync(limit) > 0)
        {
            await Task.Delay(LookAgain, clock, limit);
        }
    }
}
