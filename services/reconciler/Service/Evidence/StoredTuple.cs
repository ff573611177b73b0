using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>What is kept of an artifact tuple beside its evidence.</summary>
public sealed record StoredTuple
{
    /// <summary>The tuple's key (<see cref="EvidenceKeys"/>).</summary>
    public string TupleKey { get; init; } = "";

    /// <summary>Registry host.</summary>
    public string Registry { get; init; } = "";

    /// <summary>Repository path.</summary>
    public string Repository { get; init; } = "";

    /// <summary>Tag.</summary>
    public string Tag { get; init; } = "";

    /// <summary>Raised with every change of the ledger or the package; 0 before the first ledger.</summary>
    public long Revision { get; init; }

    /// <summary>SHA-256 of the canonical ledger; null before the first.</summary>
    public string? LedgerSha256 { get; init; }

    /// <summary>The ids of the ledger's holds, in order, one a line; null before the first ledger.</summary>
    public string? Holds { get; init; }

    /// <summary>Whether the tuple is on hold, as its case was told last; null before that.</summary>
    public bool? OnHold { get; init; }

    /// <summary>Whether the tuple converges, as its case was told last; null before that.</summary>
    public bool? Converging { get; init; }

    /// <summary>The last revision of the chain of packages; 0 before the first.</summary>
    public long PackageRevision { get; init; }

    /// <summary>The id of the chain's last package; null before the first.</summary>
    public string? PackageId { get; init; }

    /// <summary>Its decision key (<see cref="Core.PackageDocument.DecisionKey"/>) while it is open; null when none is.</summary>
    public string? DecisionKey { get; init; }

    /// <summary>The last package is still to be decided on.</summary>
    public bool HasOpenPackage => DecisionKey is not null;

    /// <summary>The canonical tuple.</summary>
    public ImageReference Image => new(Registry, Repository, Tag);
}

/// <summary>One package of a tuple's chain.</summary>
/// <param name="TupleKey">The tuple's key.</param>
/// <param name="Revision">Its number in the chain, from 1.</param>
/// <param name="PackageId">SHA-256 of its content.</param>
/// <param name="DecisionKey">Hash of what a decision rests on.</param>
/// <param name="Supersedes">The id of the package before it in the chain; null for the first.</param>
/// <param name="PreparedAt">When it was prepared, UTC.</param>
/// <param name="Canonical">The canonical document, UTF-8.</param>
public sealed record ChainedPackage(
    string TupleKey, long Revision, string PackageId, string DecisionKey, string? Supersedes, DateTimeOffset PreparedAt, byte[] Canonical);

/// <summary>A revision was written by somebody else meanwhile: load again and decide anew.</summary>
public sealed class StaleRevisionException : Exception
{
    /// <summary>Without a message, as exceptions are expected to have it.</summary>
    public StaleRevisionException()
    {
    }

    /// <summary>With what was stale.</summary>
    public StaleRevisionException(string message)
        : base(message)
    {
    }

    /// <summary>With what was stale, and the cause.</summary>
    public StaleRevisionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
