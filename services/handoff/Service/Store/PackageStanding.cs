namespace ReleaseIntegrity.Handoff.Store;

/// <summary>
/// What is known of a package, from which its state follows. The state is nothing of its own, so that messages and
/// decisions may meet in any order, and a message that comes again undoes no decision.
/// </summary>
internal sealed record PackageStanding
{
    public string PackageId { get; init; } = "";
    public string State { get; init; } = "";

    /// <summary>Where a steward's decision put it; null before any.</summary>
    public string? Decided { get; init; }

    /// <summary>Later packages of the chain.</summary>
    public long Later { get; init; }

    /// <summary>Whether it ended without a successor.</summary>
    public long Ended { get; init; }

    /// <summary>Authorised writes by what became of them.</summary>
    public long Pending { get; init; }
    public long Observed { get; init; }
    public long Diverged { get; init; }

    /// <summary>
    /// The state. What came of a repair is told first: the repair itself is what supersedes its package, as a rule. Else
    /// a successor and an end come before what was decided, since nobody may decide further.
    /// </summary>
    public string Next =>
        Diverged > 0 ? States.Diverged
        : Observed > 0 && Pending == 0 ? States.Repaired
        : Later > 0 ? States.Superseded
        : Ended > 0 ? States.Closed
        : Decided ?? States.Prepared;
}
