using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>Reconciles a tuple when its next transition is due: converging fields settle, windows end, pins lapse.</summary>
public sealed class DueTuples(Folder folder) : ITimerHandler
{
    /// <inheritdoc/>
    public string Kind => TupleFolding.TimerKind;

    /// <inheritdoc/>
    public Task FireAsync(TimerRow timer, CancellationToken cancellationToken) =>
        folder.ReconcileAsync([timer.Key], cancellationToken);
}
