using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ReleaseIntegrity.Reconciling;

/// <summary>Whether the reconciler's store answers, and its evidence is derived under the policy of this process.</summary>
internal sealed class EvidenceHealth(ReconcilerQueries queries) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await queries.IsReadyAsync(cancellationToken)
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("the evidence is being derived");
}
