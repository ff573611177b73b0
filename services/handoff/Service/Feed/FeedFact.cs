using ReleaseIntegrity.Auditing;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Handoff.Feed;

/// <summary>What a message of the feed says, checked and ready for the store.</summary>
/// <param name="Tuple">The tuple that it is about.</param>
internal abstract record FeedFact(ImageReference Tuple);

/// <summary>A tuple's ledger, and what of it is stored in columns.</summary>
internal sealed record LedgerFact(ImageReference Tuple) : FeedFact(Tuple)
{
    public required long Revision { get; init; }

    public required string Sha256 { get; init; }

    public required string Content { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    public required bool OnHold { get; init; }

    /// <summary>The authoritative train, null where there is none or the policy masks it.</summary>
    public required string? ReleaseTrain { get; init; }

    public required IReadOnlyList<HoldFacts> Holds { get; init; }

    /// <summary>Fields about which its sources differ, and what became of each.</summary>
    public required IReadOnlyList<Conflict> Conflicts { get; init; }

    /// <summary>The revision that it should have been, derived again; null for any other ledger.</summary>
    public required long? Contradicts { get; init; }

    /// <summary>What source records say in it.</summary>
    public required IReadOnlyList<SaidFacts> Said { get; init; }

    /// <summary>What it opened and released, and since when its holds are open: kept even where a later ledger is known.</summary>
    public required IReadOnlyList<HoldEvent> HoldEvents { get; init; }
}

/// <summary>What one source record says about a field.</summary>
/// <param name="Field">The field.</param>
/// <param name="Place">The candidate's place among those of its field, from 0.</param>
/// <param name="Hash">Of field, record and value: what is said again has it again. Storage format: version with care.</param>
internal sealed record SaidFacts(string Field, int Place, string Hash);

/// <summary>A hold was opened, or released, by a ledger.</summary>
internal sealed record HoldEvent(string HoldId, bool Opened, DateTimeOffset At, string LedgerSha256);

/// <summary>What of a hold is stored in columns.</summary>
internal sealed record HoldFacts(string Field, string HoldId, bool IsRoot, IReadOnlyList<string> Reasons);

/// <summary>A package.</summary>
internal sealed record PackageFact(ImageReference Tuple) : FeedFact(Tuple)
{
    public required string PackageId { get; init; }

    public required long Revision { get; init; }

    public required string? Supersedes { get; init; }

    public required string Content { get; init; }

    public required DateTimeOffset PreparedAt { get; init; }

    public required string? ReleaseTrain { get; init; }

    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>When the conflicts began that it shows.</summary>
    public required IReadOnlyList<DateTimeOffset> ConflictsBegan { get; init; }
}

/// <summary>A package ended without a successor.</summary>
internal sealed record PackageEndFact(ImageReference Tuple, long Revision, DateTimeOffset ClosedAt) : FeedFact(Tuple);
