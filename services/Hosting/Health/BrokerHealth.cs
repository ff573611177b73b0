using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ReleaseIntegrity.Messaging;

namespace ReleaseIntegrity.Hosting.Health;

/// <summary>Whether messages come and go: the broker can be reached, and takes what is sent.</summary>
internal sealed class BrokerHealth(IBusHealth bus) : IHealthCheck
{
    /// <summary>The check; a broker that is missing leaves a service degraded, or without work.</summary>
    public static HealthCheckRegistration Registration(bool needed) => new(
        "broker",
        provider => new BrokerHealth(provider.GetRequiredService<IBusHealth>()),
        needed ? HealthStatus.Unhealthy : HealthStatus.Degraded,
        tags: null);

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        BusStanding standing = bus.Standing;
        return Task.FromResult(standing.IsReady
            ? HealthCheckResult.Healthy()
            : new HealthCheckResult(context.Registration.FailureStatus, standing.Reason));
    }
}
