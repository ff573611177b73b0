using ReleaseIntegrity.Contracts.Documents;

namespace ReleaseIntegrity.Handoff.Deciding;

/// <summary>Whether the way back of a package's repairs can be given. Pure.</summary>
internal static class RollbackRules
{
    /// <summary>The ids of the writes to take back: all that were observed, each of whose targets still says what was written.</summary>
    /// <exception cref="Grpc.Core.RpcException">FAILED_PRECONDITION: none was observed, or a target moved since.</exception>
    public static IReadOnlySet<string> Writes(PackageView package, IReadOnlyList<RepairRow> repairs, LedgerView? ledger)
    {
        HashSet<string> observed = [.. repairs.Where(r => r.State == RepairStates.Observed).Select(r => r.WriteId)];
        if (observed.Count == 0)
        {
            throw DecisionErrors.Precondition("NO_OBSERVED_REPAIR", package.Id, "no repair of this package was observed, so there is nothing to take back");
        }

        WriteView? moved = package.ProposedWrites.FirstOrDefault(w => observed.Contains(w.Id)
            && (ledger is null || RepairFollowing.Judge(w, package, ledger).State != RepairStates.Observed));
        return moved is null
            ? observed
            : throw DecisionErrors.Precondition("TARGET_MOVED", moved.Id, "the record that this write is on says something else by now, so its inverse doesn't apply any more");
    }
}
