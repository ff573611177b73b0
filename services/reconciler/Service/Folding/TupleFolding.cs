using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>Loads a tuple's evidence, reconciles it, and writes what changed.</summary>
internal sealed class TupleFolding(IEvidenceStore evidence, Policy policy, Timers timers)
{
    /// <summary>The kind of the timers that bring the next transition of a tuple.</summary>
    public const string TimerKind = "tuple-transition";

    /// <summary>Reconciles one tuple; unchanged also where no observation names it.</summary>
    public async Task<TupleDecision> FoldAsync(
        StoreTransaction transaction,
        string tupleKey,
        IReadOnlyDictionary<(Source Source, string Instance), DateTimeOffset> watermarks,
        DateTimeOffset now)
    {
        if (await evidence.FindAsync(transaction, tupleKey) is not { } tuple)
        {
            return new TupleDecision.Unchanged();
        }

        TupleEvidence known = await evidence.EvidenceOfAsync(transaction, tuple.Image, watermarks);
        Reconciliation reconciliation = Reconciler.Reconcile(known, policy, now);
        await AwaitAsync(transaction, tupleKey, reconciliation, watermarks, now);
        var decision = TupleDecision.Of(tuple, reconciliation, now);
        if (decision is TupleDecision.Changed changed)
        {
            await WriteAsync(transaction, changed, now);
        }

        return decision;
    }

    private async Task AwaitAsync(
        StoreTransaction transaction,
        string tupleKey,
        Reconciliation reconciliation,
        IReadOnlyDictionary<(Source Source, string Instance), DateTimeOffset> watermarks,
        DateTimeOffset now)
    {
        await (reconciliation.NextEvaluationAt is { } next
            ? timers.SetAsync(transaction, new TimerRow(TimerKind, tupleKey, next))
            : timers.CancelAsync(transaction, TimerKind, tupleKey));
        await evidence.ExpectAsync(transaction, tupleKey, Ageing.Expired(reconciliation.Ledger, policy, watermarks, now));
    }

    private async Task WriteAsync(StoreTransaction transaction, TupleDecision.Changed changed, DateTimeOffset now)
    {
        await evidence.SaveAsync(transaction, changed.After);
        if (changed.Package is not PackageStep.None && changed.Before.HasOpenPackage)
        {
            await evidence.CloseAsync(transaction, changed.Before.TupleKey, changed.Before.PackageRevision, now);
        }

        if (changed.Package is PackageStep.Prepared prepared)
        {
            await evidence.AppendAsync(transaction, prepared.Package);
        }
    }
}
