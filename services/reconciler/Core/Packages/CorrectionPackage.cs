namespace ReleaseIntegrity.Core;

/// <summary>
/// What a steward decides on: everything in it is what the decision rests on, and nothing else. Observation times,
/// re-reads and one more equal container change nothing in it.
/// </summary>
public sealed record CorrectionPackage
{
    /// <summary>The ledger that it rests on.</summary>
    public required Ledger Ledger { get; init; }

    /// <summary>The greatest first source time or transition not after the evaluation; null when no candidate has a time.</summary>
    public required DateTimeOffset? EffectiveAsOf { get; init; }

    /// <summary>When it can't be decided on any more; null when <see cref="EffectiveAsOf"/> is.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Corrections of decided fields. A held field has none (I5).</summary>
    public required IReadOnlyList<ProposedWrite> Writes { get; init; }
}

/// <summary>Prepares packages.</summary>
internal static class PackageBuilder
{
    /// <summary>Null while there is nothing to correct or decide, or something still converges before the deadline.</summary>
    internal static CorrectionPackage? Build(Ledger ledger, Transitions transitions, Policy policy)
    {
        if (!ledger.InScope || !transitions.PackageDue)
        {
            return null;
        }

        var writes = new List<ProposedWrite>();
        bool held = false;
        foreach (FieldEntry entry in ledger.Fields)
        {
            held |= entry.Hold is not null;
            ProposedWrites.Add(entry, writes);
        }

        return !held && writes.Count == 0 ? null : new CorrectionPackage
        {
            Ledger = ledger,
            EffectiveAsOf = transitions.DecisionAsOf,
            ExpiresAt = Instants.Later(transitions.DecisionAsOf, policy.PackageLifetime),
            Writes = writes,
        };
    }
}
