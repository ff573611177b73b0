namespace ReleaseIntegrity.Contracts.Messages;

/// <summary>
/// A correction package ended without a successor: its tuple has nothing left to correct or decide. A decision on it is
/// refused. May be delivered again and out of order: a later package of the chain has a greater number. Wire format:
/// version with care.
/// </summary>
public sealed record CorrectionPackageClosed
{
    /// <summary>The tuple, tag included.</summary>
    public required ImageReference Tuple { get; init; }

    /// <summary>The package's id.</summary>
    public required string PackageId { get; init; }

    /// <summary>The package's number in the tuple's chain.</summary>
    public required long Revision { get; init; }

    /// <summary>Lower-case hex SHA-256 of the ledger that left nothing to decide.</summary>
    public required string LedgerSha256 { get; init; }

    /// <summary>When the reconciler closed it, UTC.</summary>
    public required DateTimeOffset ClosedAt { get; init; }
}
