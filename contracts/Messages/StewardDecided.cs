namespace ReleaseIntegrity.Contracts.Messages;

/// <summary>
/// A steward decided on a correction package, or what was authorised was seen in the sources. It carries where the package
/// stands now, so that of several the one with the greatest sequence is enough. May be delivered again and out of order,
/// also before the reconciler's own messages. Wire format: version with care.
/// </summary>
public sealed record StewardDecided
{
    /// <summary>The tuple, tag included.</summary>
    public required ImageReference Tuple { get; init; }

    /// <summary>The package's id.</summary>
    public required string PackageId { get; init; }

    /// <summary>The package's number in the tuple's chain.</summary>
    public required long PackageRevision { get; init; }

    /// <summary>Where it stands.</summary>
    public required PackageDecision Decision { get; init; }

    /// <summary>The handoff's order of its changes; of two messages the greater is the later.</summary>
    public required long Sequence { get; init; }

    /// <summary>When the handoff recorded it, UTC.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>Where a package stands by a steward's decision.</summary>
public enum PackageDecision
{
    /// <summary>A steward has seen it.</summary>
    Acknowledged,

    /// <summary>A steward authorised writes of it; they are awaited.</summary>
    RepairAuthorized,

    /// <summary>A steward gave it back.</summary>
    Returned,

    /// <summary>Every authorised write was seen in what the sources say.</summary>
    Repaired,

    /// <summary>An authorised write's record says something else than what was written.</summary>
    Diverged,
}
