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
    internal static CorrectionPackage? Build(Ledger ledger, Transitions transitions, Policy policy, DateTimeOffset asOf)
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

        if (!held && writes.Count == 0)
        {
            return null;
        }

        DateTimeOffset? effective = Renewed(transitions.DecisionAsOf, policy.PackageLifetime, asOf);
        return new CorrectionPackage
        {
            Ledger = ledger,
            EffectiveAsOf = effective,
            ExpiresAt = Instants.Later(effective, policy.PackageLifetime),
            Writes = writes,
        };
    }

    /// <summary>
    /// An expiry is a transition of its own: what nobody decided on is prepared anew at the instant at which it expires,
    /// and at the end of each further lifetime, whenever that is evaluated.
    /// </summary>
    private static DateTimeOffset? Renewed(DateTimeOffset? effective, TimeSpan lifetime, DateTimeOffset asOf) =>
        effective is { } first && asOf - first is var age && age >= lifetime
            ? first.AddTicks(age.Ticks / lifetime.Ticks * lifetime.Ticks)
            : effective;
}
