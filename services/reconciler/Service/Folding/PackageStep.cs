using ReleaseIntegrity.Core;
using ReleaseIntegrity.Reconciling.Evidence;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>
/// What a reconciliation does to the chain of packages. The chain belongs to the transaction that writes the ledger:
/// there is no instant at which a ledger is stored and its package is not, and no message has to survive in between.
/// </summary>
internal abstract record PackageStep
{
    private PackageStep()
    {
    }

    /// <summary>
    /// The open package stays, if there is one: it is the same decision, or the evidence is still converging and its
    /// successor not due. Until then the ledger tells what moved.
    /// </summary>
    public sealed record None : PackageStep;

    /// <summary>A new package, which supersedes the open one if there is one.</summary>
    public sealed record Prepared(ChainedPackage Package) : PackageStep;

    /// <summary>Nothing is left to correct or decide: the open package ends without a successor.</summary>
    public sealed record Closed(string PackageId, long Revision) : PackageStep;

    /// <summary>The step that follows from the open package and a reconciliation.</summary>
    public static PackageStep Of(StoredTuple before, Reconciliation reconciliation, DateTimeOffset now)
    {
        if (reconciliation.Package is null)
        {
            return before.HasOpenPackage && !Standing.IsConverging(reconciliation)
                ? new Closed(before.PackageId!, before.PackageRevision)
                : new None();
        }

        var written = WrittenPackage.Of(reconciliation.Package);
        return written.DecisionKey == before.DecisionKey
            ? new None()
            : new Prepared(new ChainedPackage(
                before.TupleKey,
                before.PackageRevision + 1,
                written.Id,
                written.DecisionKey,
                before.PackageId,
                now,
                written.Canonical));
    }
}
