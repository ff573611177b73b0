namespace ReleaseIntegrity.Contracts.Documents;

/// <summary>A <c>ledger/v1</c> document as read, masked or not. Names are published names, as the document spells them.</summary>
public sealed record LedgerView
{
    /// <summary><c>ledger/v1</c>.</summary>
    public required string Schema { get; init; }

    /// <summary>The tuple.</summary>
    public required TupleView Tuple { get; init; }

    /// <summary>Whether the tuple gets holds and packages.</summary>
    public required bool InScope { get; init; }

    /// <summary>Whether the tuple is on reconciliation hold.</summary>
    public required bool OnHold { get; init; }

    /// <summary>The policy that made it.</summary>
    public required PolicyView Policy { get; init; }

    /// <summary>The greatest source time or transition that counts; null before any.</summary>
    public DateTimeOffset? EffectiveAsOf { get; init; }

    /// <summary>When a converging field settles next, if nothing arrives; null for never.</summary>
    public DateTimeOffset? NextTransitionAt { get; init; }

    /// <summary>The fields, sorted by name.</summary>
    public required IReadOnlyList<FieldView> Fields { get; init; }

    /// <summary>The entry of a field by its published name, or null.</summary>
    public FieldView? For(string field) => Fields.FirstOrDefault(f => f.Field == field);
}

/// <summary>The tuple of a document. In a masked one the repository is <c>&lt;repo:token&gt;</c>.</summary>
public sealed record TupleView(string Registry, string Repository, string Tag);

/// <summary>The policy of a document.</summary>
public sealed record PolicyView(string Version, string Digest);

/// <summary>One field of a ledger.</summary>
public sealed record FieldView
{
    /// <summary>The field.</summary>
    public required string Field { get; init; }

    /// <summary>Its mask class.</summary>
    public required string Mask { get; init; }

    /// <summary>Where it stands.</summary>
    public required string State { get; init; }

    /// <summary>The authoritative value; null when there is none.</summary>
    public FieldValues? Authoritative { get; init; }

    /// <summary>The rule that decided or refused; null when there was nothing to decide.</summary>
    public string? Rule { get; init; }

    /// <summary>The hold; null unless held.</summary>
    public HoldView? Hold { get; init; }

    /// <summary>Every candidate.</summary>
    public required IReadOnlyList<CandidateView> Candidates { get; init; }
}

/// <summary>One value that one record states, with its lineage.</summary>
public sealed record CandidateView
{
    /// <summary>The value; null for an explicit null or none.</summary>
    public FieldValues? Value { get; init; }

    /// <summary>The digest that it concerns, where it concerns one.</summary>
    public string? About { get; init; }

    /// <summary>The source that says it.</summary>
    public required string Source { get; init; }

    /// <summary>The source's instance.</summary>
    public required string Instance { get; init; }

    /// <summary>The source record.</summary>
    public required string RecordId { get; init; }

    /// <summary>The record's revision, or null.</summary>
    public string? Revision { get; init; }

    /// <summary>The source's own time, or null.</summary>
    public DateTimeOffset? SourceTime { get; init; }

    /// <summary>When the notification was received or fetched.</summary>
    public DateTimeOffset? ExtractedAt { get; init; }

    /// <summary>Address of the kept notification.</summary>
    public required string NotificationSha256 { get; init; }

    /// <summary>How to decode the notification on the way to the value.</summary>
    public required IReadOnlyList<DecodeStep> Decode { get; init; }

    /// <summary>JSON Pointer of the raw value in the last document.</summary>
    public required string Pointer { get; init; }

    /// <summary>What became of the candidate.</summary>
    public required string Outcome { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public required string Why { get; init; }
}
