using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Handoff.Feed;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Deciding;

/// <summary>
/// Looks at every ledger that arrives for what became of authorised writes, in the transaction that records it. Ledgers that
/// come late are looked at too: what one of them shows is not to be missed because a later one came first.
/// </summary>
internal sealed class RepairFollower(string engine, Masker masker, PackageTable packages, Outbox outbox, TimeProvider clock)
{
    private readonly DecisionTable _decisions = new(engine);

    /// <summary>Follows what some ledgers show.</summary>
    /// <returns>Whether any package stands elsewhere.</returns>
    public async Task<bool> FollowAsync(StoreTransaction transaction, IReadOnlyList<LedgerTable.Numbered> ledgers)
    {
        if (ledgers.Count == 0)
        {
            return false;
        }

        bool moved = false;
        foreach (IGrouping<long, RepairRow> open in await _decisions.OpenAsync(transaction, ledgers.Select(l => l.TupleNo)))
        {
            foreach (IGrouping<long, RepairRow> repairs in open.GroupBy(r => r.PackageRevision))
            {
                LedgerFact[] told = [.. ledgers.Where(l => l.TupleNo == open.Key).Select(l => l.Fact)];
                moved |= await FollowAsync(transaction, open.Key, repairs.Key, [.. repairs], told);
            }
        }

        return moved;
    }

    private async Task<bool> FollowAsync(
        StoreTransaction transaction, long tupleNo, long revision, RepairRow[] repairs, LedgerFact[] told)
    {
        PackageView package = DocumentReader.Package(await _decisions.PackageAsync(transaction, tupleNo, revision));
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

        PackageMove move = await packages.RestateAsync(transaction, tupleNo, revision, tell: true);
        string tupleId = masker.TupleId(told[0].Tuple);
        await outbox.EnqueueAsync(transaction, [DecisionAnnouncements.Moved(tupleId, package.Tuple, revision, move, clock.GetUtcNow())]);
        return true;
    }
}
