namespace ReleaseIntegrity.Contracts.Messages;

/// <summary>
/// A hold was released. For whoever gates on holds; the ledger remains the record of what is held. May be delivered again
/// and out of order. Wire format: version with care.
/// </summary>
public sealed record HoldReleased
{
    /// <summary>The tuple, tag included.</summary>
    public required ImageReference Tuple { get; init; }

    /// <summary>The hold's address within its ledger: <c>field/reason</c> in published names.</summary>
    public required string HoldId { get; init; }

    /// <summary>Published name of the held field.</summary>
    public required string Field { get; init; }

    /// <summary>Published name of the hold's first reason.</summary>
    public required string Reason { get; init; }

    /// <summary>When it was released, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Lower-case hex SHA-256 of the ledger with which it was released.</summary>
    public required string LedgerSha256 { get; init; }
}
