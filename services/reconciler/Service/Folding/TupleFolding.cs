using ReleaseIntegrity.Core;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>
/// Loads tuples' evidence, reconciles it, and writes what changed. New evidence is seldom alone: a package that it asks
/// for is prepared by a timer, <paramref name="settling"/> after the first that did, from all that is there by then.
/// Further evidence doesn't put it off.
/// </summary>
internal sealed class TupleFolding(IEvidenceStore evidence, Policy policy, Timers timers, TimeSpan settling)
{
    /// <summary>The kind of the timers that bring the next transition of a tuple.</summary>
    public const string TimerKind = "tuple-transition";

    /// <summary>Reconciles tuples; returns what became of each, in the order of their keys.</summary>
    public async Task<IReadOnlyList<TupleDecision>> FoldAsync(
        StoreTransaction transaction, IReadOnlyCollection<string> tupleKeys, AddedEvidence? added, DateTimeOffset now)
    {
        var decisions = new List<TupleDecision>();
        var due = new List<TimerRow>();
        var begun = new List<AwaitedInstance>();
        var ended = new List<AwaitedInstance>();
        foreach (KnownTuple known in await evidence.KnownAsync(transaction, tupleKeys, added))
        {
            Reconciliation reconciliation = Reconciler.Reconcile(known.Evidence, policy, now);
            PackageStep step = PackageStep.Of(known.Tuple, reconciliation, now);
            DateTimeOffset? settled = null;
            if (added is not null && settling > TimeSpan.Zero && step is PackageStep.Prepared)
            {
                step = new PackageStep.None();
                settled = now + settling;
            }

            decisions.Add(TupleDecision.Of(known.Tuple, reconciliation, step, now));
            string key = known.Tuple.TupleKey;
            if (Earlier(settled, reconciliation.NextEvaluationAt) is { } next)
            {
                due.Add(new TimerRow(TimerKind, key, next));
            }

            var expired = Ageing.Expired(reconciliation.Ledger, policy, known.Evidence.Watermarks, now);
            begun.AddRange(expired.Except(known.Awaited).Select(e => new AwaitedInstance(key, e.Source, e.Instance)));
            ended.AddRange(known.Awaited.Except(expired).Select(e => new AwaitedInstance(key, e.Source, e.Instance)));
        }

        await timers.FireByAsync(transaction, due);
        await evidence.AwaitAsync(transaction, begun, ended);
        await WriteAsync(transaction, [.. decisions.OfType<TupleDecision.Changed>()], now);
        return decisions;
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;

    private async Task WriteAsync(StoreTransaction transaction, IReadOnlyList<TupleDecision.Changed> changes, DateTimeOffset now)
    {
        await evidence.SaveAsync(transaction, [.. changes.Select(c => c.After)]);
        await evidence.CloseAsync(
            transaction,
            [
                .. changes.Where(c => c.Package is not PackageStep.None && c.Before.HasOpenPackage).Select(c => new EndedPackage(
                    c.Before.TupleKey, c.Before.PackageRevision, c.Package is PackageStep.Closed ? c.After.LedgerSha256 : null)),
            ],
            now);
        await evidence.AppendAsync(transaction, [.. changes.Select(c => c.Package).OfType<PackageStep.Prepared>().Select(p => p.Package)]);
    }
}
