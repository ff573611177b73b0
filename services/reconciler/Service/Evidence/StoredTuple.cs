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

    /// <summary>The revision under which the ledger was announced; null before the first, or where an earlier version did it.</summary>
    public long? LedgerRevision { get; init; }

    /// <summary>When that was, UTC.</summary>
    public DateTimeOffset? LedgerRecordedAt { get; init; }

    /// <summary>Since when its holds are open (<see cref="Folding.HoldOpenings"/>); null where an earlier version opened them.</summary>
    public string? HoldOpenings { get; init; }

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

/// <summary>A package that can't be decided on any more.</summary>
/// <param name="TupleKey">The tuple's key.</param>
/// <param name="Revision">Its number in the chain.</param>
/// <param name="EndedBy">SHA-256 of the ledger that left nothing to decide; null where a later package superseded it.</param>
public sealed record EndedPackage(string TupleKey, long Revision, string? EndedBy);

/// <summary>One package of a tuple's chain as stored.</summary>
public sealed record StoredPackage
{
    /// <summary>The tuple's key.</summary>
    public string TupleKey { get; init; } = "";

    /// <summary>Its number in the chain, from 1.</summary>
    public long Revision { get; init; }

    /// <summary>SHA-256 of its content.</summary>
    public string PackageId { get; init; } = "";

    /// <summary>The id of the package before it; null for the first.</summary>
    public string? Supersedes { get; init; }

    /// <summary>When it was prepared, UTC.</summary>
    public DateTimeOffset PreparedAt { get; init; }

    /// <summary>The canonical document, UTF-8.</summary>
    public byte[] Content { get; init; } = [];

    /// <summary>When it was superseded or ended; null while it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>The ledger that left nothing to decide; null where it was superseded, or an earlier version ended it.</summary>
    public string? EndedBy { get; init; }
}

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
