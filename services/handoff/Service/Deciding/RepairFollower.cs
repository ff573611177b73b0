using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Handoff.Evaluating;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Deciding;

/// <summary>
/// Looks at every ledger that arrives for what became of authorised writes, in the transaction that records it. Ledgers that
/// come late are looked at too: what one of them shows is not to be missed because a later one came first.
/// </summary>
internal sealed class RepairFollower(
    string engine, Masker masker, PackageTable packageTable, HistoryTable history, EvaluationTable evaluation, Outbox outbox, TimeProvider clock)
{
    private readonly DecisionTable _decisions = new(engine);

    /// <summary>Follows what some ledgers show.</summary>
    /// <param name="transaction">The transaction, in which they are recorded already.</param>
    /// <param name="ledgers">The ledgers.</param>
    /// <param name="packages">
    /// Packages that were recorded just now. One whose writes are followed already was away for a while: what was shown of
    /// them meanwhile is caught up with.
    /// </param>
    /// <returns>Whether any package stands elsewhere.</returns>
    public async Task<bool> FollowAsync(
        StoreTransaction transaction, IReadOnlyList<LedgerTable.Numbered> ledgers, IReadOnlyList<(long TupleNo, long Revision)> packages)
    {
        if (ledgers.Count == 0 && packages.Count == 0)
        {
            return false;
        }

        bool moved = false;
        IEnumerable<long> tuples = ledgers.Select(l => l.TupleNo).Concat(packages.Select(p => p.TupleNo)).Distinct();
        foreach (IGrouping<long, RepairRow> open in await _decisions.OpenAsync(transaction, tuples))
        {
            foreach (IGrouping<long, RepairRow> repairs in open.GroupBy(r => r.PackageRevision))
            {
                (long Revision, string Content)[] told = packages.Contains((open.Key, repairs.Key))
                    ? [.. (await history.LaterAsync(transaction, open.Key, repairs.Min(r => r.LedgerRevision))).Select(l => (l.Revision, l.Content))]
                    : [.. ledgers.Where(l => l.TupleNo == open.Key).Select(l => (l.Fact.Revision, l.Fact.Content))];
                moved |= await FollowAsync(transaction, open.Key, repairs.Key, [.. repairs], told);
            }
        }

        return moved;
    }

    private async Task<bool> FollowAsync(
        StoreTransaction transaction, long tupleNo, long revision, RepairRow[] repairs, (long Revision, string Content)[] told)
    {
        if (told.Length == 0 || await _decisions.PackageAsync(transaction, tupleNo, revision) is not { } content)
        {
            return false;
        }

        PackageView package = DocumentReader.Package(content);
        bool changed = false;
        foreach (RepairRow repair in repairs)
        {
            WriteView write = package.ProposedWrites.Single(w => w.Id == repair.WriteId);
            RepairRow next = told.Aggregate(repair, (row, ledger) => RepairFollowing.Next(
                row, ledger.Revision, RepairFollowing.Judge(write, package, DocumentReader.Ledger(ledger.Content))));
            if (next != repair)
            {
                await _decisions.UpdateAsync(transaction, next);
                changed |= next.State != repair.State;
            }
        }

        if (!changed)
        {
            return false;
        }

        await evaluation.JudgeAsync(transaction, tupleNo, revision);
        PackageMove move = await packageTable.RestateAsync(transaction, tupleNo, revision, tell: true);
        string tupleId = masker.TupleId(new ImageReference(package.Tuple.Registry, package.Tuple.Repository, package.Tuple.Tag));
        await outbox.EnqueueAsync(transaction, [DecisionAnnouncements.Moved(tupleId, package.Tuple, revision, move, clock.GetUtcNow())]);
        return true;
    }
}
