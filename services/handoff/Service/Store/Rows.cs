using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Handoff.Api;

namespace ReleaseIntegrity.Handoff.Store;

/// <summary>One tuple as stored.</summary>
internal sealed record TupleRow
{
    public long TupleNo { get; init; }
    public string TupleId { get; init; } = "";
    public string Registry { get; init; } = "";
    public string Repository { get; init; } = "";
    public string Tag { get; init; } = "";

    public ImageReference Reference => new(Registry, Repository, Tag);
}

/// <summary>One package as stored: unmasked content and what stands beside it.</summary>
internal sealed record PackageRow
{
    public long PackageNo { get; init; }
    public string TupleId { get; init; } = "";
    public string Registry { get; init; } = "";
    public string Repository { get; init; } = "";
    public string Tag { get; init; } = "";
    public string PackageId { get; init; } = "";
    public long Revision { get; init; }
    public string? Supersedes { get; init; }
    public string? SupersededBy { get; init; }
    public string State { get; init; } = "";

    /// <summary>Empty where a query reads heads only.</summary>
    public string Content { get; init; } = "";

    public DateTimeOffset PreparedAt { get; init; }
    public DateTimeOffset HandedOffAt { get; init; }
    public long Sequence { get; init; }

    /// <summary>The tuple, unmasked.</summary>
    public ImageReference Reference => new(Registry, Repository, Tag);
}

/// <summary>
/// A package's place in lists: by when the reconciler prepared it, which never changes, and among equals by its number.
/// </summary>
internal readonly record struct PackagePlace(DateTimeOffset PreparedAt, long PackageNo)
{
    /// <summary>The place of a row.</summary>
    public static PackagePlace Of(PackageRow row) => new(row.PreparedAt, row.PackageNo);

    /// <summary>The place that a page token's key holds, or null on the first page.</summary>
    public static PackagePlace? Of(string[]? key) =>
        key is null ? null : new(new DateTimeOffset(Math.Min(Tokens.Number(key, 0, 0), DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero), Tokens.Number(key, 1, 0));

    /// <summary>As the key of a page token.</summary>
    public string[] ToKey() => [Tokens.Text(PreparedAt.UtcTicks), Tokens.Text(PackageNo)];
}

/// <summary>The current ledger of a tuple as stored.</summary>
internal sealed record LedgerRow
{
    public long TupleNo { get; init; }
    public string TupleId { get; init; } = "";
    public long Revision { get; init; }
    public string Sha256 { get; init; } = "";
    public string Content { get; init; } = "";
    public DateTimeOffset RecordedAt { get; init; }
}

/// <summary>One hold of a current ledger; what it says is in the ledger's content.</summary>
internal sealed record HoldRow
{
    public long TupleNo { get; init; }
    public string Field { get; init; } = "";
    public DateTimeOffset? OpenedAt { get; init; }
}

/// <summary>Stored states of packages. Storage format: version with care.</summary>
internal static class States
{
    internal const string Prepared = "prepared";
    internal const string Superseded = "superseded";
    internal const string Closed = "closed";
    internal const string Acknowledged = "acknowledged";
    internal const string RepairAuthorized = "repair-authorized";
    internal const string Returned = "returned";
    internal const string Repaired = "repaired";
    internal const string Diverged = "diverged";
}

/// <summary>Which packages to list; null for any.</summary>
internal sealed record PackageFilter
{
    public string? TupleId { get; init; }
    public string? RepositoryToken { get; init; }
    public string? State { get; init; }
    public string? HoldReason { get; init; }
    public string? ReleaseTrain { get; init; }
    public DateTimeOffset? PreparedFrom { get; init; }
    public DateTimeOffset? PreparedBefore { get; init; }

    /// <summary>Oldest first; else newest first.</summary>
    public bool Ascending { get; init; }

    /// <summary>Only those of these repositories, by registry and path.</summary>
    public IReadOnlyCollection<string>? Coordinates { get; init; }

    /// <summary>Where a page begins: after a place, and within the bound of age on that side, so that nothing is walked over.</summary>
    public PackagePlace Begin(PackagePlace? after)
    {
        PackagePlace place = after ?? (Ascending ? new(DateTimeOffset.MinValue, 0) : new(DateTimeOffset.MaxValue, long.MaxValue));
        return Ascending
            ? PreparedFrom > place.PreparedAt ? new(PreparedFrom.Value, -1) : place
            : PreparedBefore <= place.PreparedAt ? new(PreparedBefore.Value, 0) : place;
    }
}

/// <summary>Which ledgers to list; null for any.</summary>
internal sealed record LedgerFilter
{
    public string? RepositoryToken { get; init; }
    public string? ReleaseTrain { get; init; }
    public bool? OnHold { get; init; }

    /// <summary>Only those of these repositories, by registry and path.</summary>
    public IReadOnlyCollection<string>? Coordinates { get; init; }
}

/// <summary>Which holds to list; null for any.</summary>
internal sealed record HoldFilter
{
    public string? TupleId { get; init; }
    public string? Reason { get; init; }
    public string? Field { get; init; }
    public bool RootOnly { get; init; }

    /// <summary>Only those of these repositories, by registry and path.</summary>
    public IReadOnlyCollection<string>? Coordinates { get; init; }
}
