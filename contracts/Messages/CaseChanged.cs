namespace ReleaseIntegrity.Contracts.Messages;

/// <summary>
/// The case of an in-scope tuple stands elsewhere than before: its ledger, its open package or both changed. It carries
/// the whole standing, so that of several the one with the greatest revision is enough. May be delivered again and out
/// of order. Wire format: version with care.
/// </summary>
public sealed record CaseChanged
{
    /// <summary>The tuple, tag included.</summary>
    public required ImageReference Tuple { get; init; }

    /// <summary>Raised with every change of the tuple's ledger or package; of two messages the greater is the later.</summary>
    public required long Revision { get; init; }

    /// <summary>Lower-case hex SHA-256 of the ledger.</summary>
    public required string LedgerSha256 { get; init; }

    /// <summary>The tuple is on reconciliation hold.</summary>
    public required bool OnHold { get; init; }

    /// <summary>Sources differ, or a record is missing, inside a propagation allowance.</summary>
    public required bool Converging { get; init; }

    /// <summary>The open package; null when none is open.</summary>
    public string? PackageId { get; init; }

    /// <summary>The number of the tuple's last package, open or not; 0 before the first.</summary>
    public required long PackageRevision { get; init; }

    /// <summary>When the reconciler recorded it, UTC.</summary>
    public required DateTimeOffset At { get; init; }
}
