using System.Text.Json;

namespace ReleaseIntegrity.Contracts.Documents;

/// <summary>A <c>package/v1</c> document as read, masked or not.</summary>
public sealed record PackageView
{
    /// <summary><c>package/v1</c>.</summary>
    public required string Schema { get; init; }

    /// <summary>SHA-256 hex of the canonical unmasked content without the id.</summary>
    public required string Id { get; init; }

    /// <summary>The tuple.</summary>
    public required TupleView Tuple { get; init; }

    /// <summary>The policy that made it.</summary>
    public required PolicyView Policy { get; init; }

    /// <summary>The greatest first source time or transition that counts; null when no value has a time.</summary>
    public DateTimeOffset? EffectiveAsOf { get; init; }

    /// <summary>When it can't be decided on any more; null when <see cref="EffectiveAsOf"/> is.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The discrepancy ledger, as far as the decision rests on it.</summary>
    public required LedgerView Ledger { get; init; }

    /// <summary>The unresolved exception list.</summary>
    public required IReadOnlyList<ExceptionView> Exceptions { get; init; }

    /// <summary>Records that a correction may write.</summary>
    public required IReadOnlyList<TargetView> WriteTargets { get; init; }

    /// <summary>The corrections that are proposed.</summary>
    public required IReadOnlyList<WriteView> ProposedWrites { get; init; }

    /// <summary>What could become authoritative where a root hold is open.</summary>
    public required IReadOnlyList<AlternativeView> Alternatives { get; init; }

    /// <summary>Prior steward annotations; their shape is the annotating side's.</summary>
    public required IReadOnlyList<JsonElement> Annotations { get; init; }

    /// <summary>Ids of the writes that can be rolled back.</summary>
    public required IReadOnlyList<string> RollbackRefs { get; init; }

    /// <summary>The notifications that it rests on.</summary>
    public required IReadOnlyList<EvidenceView> Evidence { get; init; }
}

/// <summary>One unresolved exception: a held field.</summary>
public sealed record ExceptionView(string Field, HoldView Hold);

/// <summary>One notification and the record that it describes.</summary>
public sealed record EvidenceView(string NotificationSha256, string Source, string Instance, string RecordId);
