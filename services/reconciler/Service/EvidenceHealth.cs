using Microsoft.Extensions.Diagnostics.HealthChecks;
using ReleaseIntegrity.Reconciling.Folding;

namespace ReleaseIntegrity.Reconciling;

/// <summary>Whether the reconciler's store answers, and its evidence is derived under the policy of this process.</summary>
internal sealed class EvidenceHealth(ReconcilerQueries queries, Derivation derivation) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await queries.AnswerAsync(cancellationToken);
        return derivation.Missing is { } missing ? HealthCheckResult.Unhealthy(missing) : HealthCheckResult.Healthy();
    }
}
