using ReleaseIntegrity.Collectors.Hosting.Retention;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Reconciling;

namespace ReleaseIntegrity.AllInOne.Hosting;

/// <summary>Collectors ask the reconciler of their own process, in place of its endpoint.</summary>
internal sealed class OwnReconciler(ReconcilerQueries reconciler) : IEvidenceReferences
{
    public async Task<IReadOnlyCollection<string>> UnreferencedAsync(
        IReadOnlyCollection<KeptReading> readings, CancellationToken cancellationToken) =>
        await reconciler.UnreferencedAsync(readings, cancellationToken)
            ?? throw new InvalidOperationException("the evidence is not derived under this policy yet");
}
