namespace ReleaseIntegrity.Contracts.Messages;

/// <summary>
/// Holds of one tuple were opened or released, all that one change of its ledger brought about. For whoever gates on
/// holds; the ledger remains the record of what is held. May be delivered again and out of order. Wire format: version
/// with care.
/// </summary>
public sealed record HoldsChanged
{
    /// <summary>The tuple, tag included.</summary>
    public required ImageReference Tuple { get; init; }

    /// <summary>The tuple's ledger with which they changed: of two messages the greater revision is the later one.</summary>
    public required long Revision { get; init; }

    /// <summary>Holds that were not there before.</summary>
    public required IReadOnlyList<HoldNotice> Opened { get; init; }

    /// <summary>Holds that are gone.</summary>
    public required IReadOnlyList<HoldNotice> Released { get; init; }

    /// <summary>When they changed, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Lower-case hex SHA-256 of that ledger.</summary>
    public required string LedgerSha256 { get; init; }
}

/// <summary>One hold.</summary>
/// <param name="HoldId">Its address within its ledger: <c>field/reason</c> in published names.</param>
/// <param name="Field">Published name of the held field.</param>
/// <param name="Reason">Published name of the hold's first reason.</param>
public sealed record HoldNotice(string HoldId, string Field, string Reason);
