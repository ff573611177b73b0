using System.Security.Cryptography;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Reconciling.Evidence;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>
/// What a reconciliation changes about a stored tuple. Pure: the transaction writes it, the outbox announces it.
/// </summary>
internal abstract record TupleDecision
{
    private TupleDecision()
    {
    }

    /// <summary>The canonical ledger and the open package are what they were: nothing is written, nothing announced.</summary>
    /// <param name="Tuple">The tuple as it is stored.</param>
    /// <param name="Ledger">Its ledger.</param>
    public sealed record Unchanged(StoredTuple Tuple, Ledger Ledger) : TupleDecision;

    /// <summary>Something changed.</summary>
    /// <param name="Before">The tuple as it was.</param>
    /// <param name="After">The tuple as it is to be stored.</param>
    /// <param name="Ledger">The canonical ledger, UTF-8.</param>
    /// <param name="Opened">The ids of the holds that were not there before.</param>
    /// <param name="Released">The ids of the holds that are gone.</param>
    /// <param name="Package">What happens to the chain of packages.</param>
    public sealed record Changed(
        StoredTuple Before,
        StoredTuple After,
        byte[] Ledger,
        IReadOnlyList<string> Opened,
        IReadOnlyList<string> Released,
        PackageStep Package) : TupleDecision
    {
        /// <summary>Source instances that contradict themselves or each other since this change: they are to be asked again.</summary>
        public required IReadOnlyList<DoubtedInstance> Doubted { get; init; }

        /// <summary>The canonical ledger is another one.</summary>
        public bool LedgerChanged => After.LedgerSha256 != Before.LedgerSha256;

        /// <summary>The case stands elsewhere: it is told so, once the tuple is in scope.</summary>
        public bool StandingChanged => After.OnHold is not null
            && (After.OnHold != Before.OnHold || After.Converging != Before.Converging || Package is not PackageStep.None);
    }

    /// <summary>Compares a reconciliation with what is stored; <paramref name="step"/> is what it does to the chain of packages.</summary>
    public static TupleDecision Of(StoredTuple before, Reconciliation reconciliation, PackageStep step, DateTimeOffset now)
    {
        using var writer = new CanonicalWriter();
        LedgerDocument.Write(reconciliation.Ledger, writer);
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(writer.Written));
        if (sha256 == before.LedgerSha256 && step is PackageStep.None)
        {
            return new Unchanged(before, reconciliation.Ledger);
        }

        string[] held = HoldIds.Split(before.Holds);
        string[] holds = HoldIds.Of(reconciliation.Ledger);
        string[] opened = [.. holds.Except(held)];
        var standing = Standing.Of(reconciliation, before);
        bool ledgerStays = sha256 == before.LedgerSha256;
        StoredTuple after = before with
        {
            Revision = before.Revision + 1,
            LedgerSha256 = sha256,
            LedgerRevision = ledgerStays ? before.LedgerRevision : before.Revision + 1,
            LedgerRecordedAt = ledgerStays ? before.LedgerRecordedAt : now,
            Holds = HoldIds.Join(holds),
            HoldOpenings = HoldOpenings.After(before.HoldOpenings, holds, opened, now, sha256),
            OnHold = standing.InScope ? standing.OnHold : null,
            Converging = standing.InScope ? standing.Converging : null,
            PackageRevision = step is PackageStep.Prepared { Package.Revision: var next } ? next : before.PackageRevision,
            PackageId = step is PackageStep.Prepared { Package.PackageId: var id } ? id : before.PackageId,
            DecisionKey = step switch
            {
                PackageStep.Prepared prepared => prepared.Package.DecisionKey,
                PackageStep.Closed => null,
                _ => before.DecisionKey,
            },
        };
        return new Changed(before, after, writer.Written.ToArray(), opened, [.. held.Except(holds)], step)
        {
            Doubted = DoubtedInstance.Of(reconciliation.Ledger, opened),
        };
    }
}

/// <summary>What the case's lifecycle asks of a ledger.</summary>
/// <param name="InScope">The tuple gets holds and packages, or did before: a case that was told once is told how it ends.</param>
/// <param name="OnHold">The tuple is on reconciliation hold.</param>
/// <param name="Converging">A field still converges.</param>
internal sealed record Standing(bool InScope, bool OnHold, bool Converging)
{
    public static Standing Of(Reconciliation reconciliation, StoredTuple before) => new(
        reconciliation.Ledger.InScope || before.PackageRevision > 0 || before.OnHold is not null,
        reconciliation.Ledger.OnHold,
        IsConverging(reconciliation));

    public static bool IsConverging(Reconciliation reconciliation) =>
        reconciliation.Ledger.Fields.Any(f => f.State == FieldState.Converging);
}

/// <summary>The ids of a ledger's holds, as a tuple keeps them.</summary>
internal static class HoldIds
{
    /// <summary>The ids of a ledger's holds, in the order of its fields.</summary>
    public static string[] Of(Ledger ledger) => [.. ledger.Fields.Where(f => f.Hold is not null).Select(f => f.Hold!.Id)];

    /// <summary>As they are stored, one a line.</summary>
    public static string Join(string[] ids) => string.Join('\n', ids);

    /// <summary>As they were stored.</summary>
    public static string[] Split(string? stored) => string.IsNullOrEmpty(stored) ? [] : stored.Split('\n');

    /// <summary>The published names of field and first reason, of which an id consists (<see cref="Hold.IdOf"/>).</summary>
    public static (string Field, string Reason) Parts(string id)
    {
        int slash = id.IndexOf('/', StringComparison.Ordinal);
        return (id[..slash], id[(slash + 1)..]);
    }
}
