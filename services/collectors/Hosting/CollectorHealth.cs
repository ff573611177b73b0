using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ReleaseIntegrity.Collectors.Hosting;

/// <summary>Whether a collector's store answers.</summary>
internal sealed class StoreHealth(Collector collector) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await collector.Log.CountWaitingAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}

/// <summary>Whether there is room for one more notification.</summary>
internal sealed class IntakeHealth(Collector collector) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(collector.Load.IsFull
            ? HealthCheckResult.Unhealthy($"the intake is full: {collector.Load.Backlog} kept notifications wait to be normalised")
            : HealthCheckResult.Healthy());
}
