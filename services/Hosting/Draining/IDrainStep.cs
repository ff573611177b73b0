namespace ReleaseIntegrity.Hosting.Draining;

/// <summary>
/// One thing to finish before a service stops, while its server and its bus still run. Steps are taken in the order in
/// which they are registered; the outboxes are emptied after the last one.
/// </summary>
public interface IDrainStep
{
    /// <summary>Finishes it. What is not finished at the limit must be safe where it is.</summary>
    /// <param name="limit">Cancelled when time is up.</param>
    Task DrainAsync(CancellationToken limit);
}
