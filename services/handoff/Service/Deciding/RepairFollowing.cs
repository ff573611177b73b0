using ReleaseIntegrity.Contracts.Documents;

namespace ReleaseIntegrity.Handoff.Deciding;

/// <summary>States of authorised writes. Published names and storage format: version with care.</summary>
internal static class RepairStates
{
    internal const string Pending = "pending";
    internal const string Observed = "observed";
    internal const string Diverged = "diverged";
}

/// <summary>What a ledger shows of an authorised write.</summary>
/// <param name="State">One of <see cref="RepairStates"/>.</param>
/// <param name="At">When the record that shows it was extracted; null while pending.</param>
internal sealed record RepairSeen(string State, DateTimeOffset? At);

/// <summary>Follows authorised writes in what the sources say. Pure.</summary>
internal static class RepairFollowing
{
    private static readonly RepairSeen Pending = new(RepairStates.Pending, null);

    /// <summary>
    /// What a ledger shows of a write. Pending as long as the target record isn't there, or says what it said when the
    /// package was made; observed once it says the written value, in whatever spelling; diverged where it says another.
    /// </summary>
    /// <param name="write">The write.</param>
    /// <param name="package">The package that proposes it: its value is the one that the package holds for authoritative.</param>
    /// <param name="ledger">A ledger of the same tuple, unmasked as the package.</param>
    public static RepairSeen Judge(WriteView write, PackageView package, LedgerView ledger)
    {
        CandidateView[] said =
        [
            .. (ledger.For(write.Field)?.Candidates ?? []).Where(c => c.Outcome != "withdrawn" && IsOf(c, write.Target) && c.RecordId == write.Target.RecordId),
        ];
        if (said.Length == 0)
        {
            return Pending;
        }

        FieldView field = package.Ledger.For(write.Field)!;
        DateTimeOffset? at = said.Min(c => c.ExtractedAt);
        if (said.All(c => Same(c.Value, field.Authoritative)))
        {
            return new RepairSeen(RepairStates.Observed, at);
        }

        // Another record of the same instance may stand for this one in a package, where both said the same.
        bool unchanged = said.Any(c => c.Revision == write.Target.Revision
            || field.Candidates.Any(before => IsOf(before, write.Target) && Same(before.Value, c.Value)));
        return unchanged ? Pending : new RepairSeen(RepairStates.Diverged, at);
    }

    /// <summary>
    /// The write as it is followed, after one more ledger. What was observed stays so: later changes of the record are
    /// none of this repair. Else the latest ledger counts, whatever the order of arrival.
    /// </summary>
    public static RepairRow Next(RepairRow repair, long ledgerRevision, RepairSeen seen) => (repair.State, seen.State) switch
    {
        (RepairStates.Observed, _) => repair,
        (_, RepairStates.Observed) => repair with { State = seen.State, ObservedAt = seen.At, LedgerRevision = Math.Max(ledgerRevision, repair.LedgerRevision) },
        _ when ledgerRevision > repair.LedgerRevision => repair with { State = seen.State, ObservedAt = seen.At, LedgerRevision = ledgerRevision },
        _ => repair,
    };

    private static bool IsOf(CandidateView candidate, TargetView target) =>
        candidate.Source == target.Source && candidate.Instance == target.Instance;

    private static bool Same(FieldValues? a, FieldValues? b) => (a?.Values ?? []).SequenceEqual(b?.Values ?? [], StringComparer.Ordinal);
}
