using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Reconciling.Folding;
using ReleaseIntegrity.Reconciling.Rebuilding;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling;

/// <summary>What the reconciler answers about its evidence.</summary>
public sealed class ReconcilerQueries(IStore store, IEvidenceStore evidence, Quarantine quarantine, Rebuilder rebuilder, Derivation derivation)
{
    /// <summary>How every stored item of a notification ended.</summary>
    public Task<IReadOnlyList<StoredItem>> OutcomesAsync(string notificationSha256, CancellationToken cancellationToken) =>
        store.ReadAsync(snapshot => evidence.OutcomesAsync(snapshot, notificationSha256), cancellationToken);

    /// <summary>How many deliveries of items ended in each way; reads all evidence.</summary>
    public Task<IReadOnlyDictionary<ItemOutcome, long>> CountOutcomesAsync(CancellationToken cancellationToken) =>
        store.ReadAsync(evidence.CountOutcomesAsync, cancellationToken);

    /// <summary>Of kept notifications those on which nothing rests (<see cref="IEvidenceStore.UnreferencedAsync"/>).</summary>
    /// <returns>Their addresses; null while the evidence is not derived under this process's policy.</returns>
    public async Task<IReadOnlyList<string>?> UnreferencedAsync(IReadOnlyCollection<KeptReading> readings, CancellationToken cancellationToken) =>
        derivation.Missing is null
            ? await store.ReadAsync(snapshot => evidence.UnreferencedAsync(snapshot, readings), cancellationToken)
            : null;

    /// <summary>Messages that alone could not be folded.</summary>
    public Task<IReadOnlyList<QuarantinedMessage>> QuarantinedAsync(CancellationToken cancellationToken) =>
        quarantine.ListAsync(cancellationToken);

    /// <summary>The last requests to send everything again, newest first, and how far each has come.</summary>
    public Task<IReadOnlyList<Rebuild>> RebuildsAsync(CancellationToken cancellationToken) => rebuilder.ListAsync(cancellationToken);

    /// <summary>Returns when the store has answered.</summary>
    public Task AnswerAsync(CancellationToken cancellationToken) => store.ReadAsync(DerivationMark.ReadAsync, cancellationToken);
}
