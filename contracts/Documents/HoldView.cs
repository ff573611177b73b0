namespace ReleaseIntegrity.Contracts.Documents;

/// <summary>A hold: an explicit, addressable, reasoned refusal to choose a value.</summary>
public sealed record HoldView
{
    /// <summary>Its address within the ledger: <c>field/reason</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The first reason in the fixed order.</summary>
    public required string Reason { get; init; }

    /// <summary>The other reasons.</summary>
    public required IReadOnlyList<string> AlsoReasons { get; init; }

    /// <summary>Id of the hold on which it depends, or null.</summary>
    public string? Root { get; init; }

    /// <summary>What evidence releases it.</summary>
    public required IReadOnlyList<ConditionView> ReleaseWhen { get; init; }

    /// <summary>What could become authoritative, and what would follow.</summary>
    public required IReadOnlyList<AlternativeView> Alternatives { get; init; }
}

/// <summary>One condition that releases a hold.</summary>
/// <param name="Source">Who must say it; <c>steward</c> for the steward.</param>
/// <param name="Field">Which field.</param>
/// <param name="Predicate">What must come to hold.</param>
/// <param name="Value">The value that it is about, or null.</param>
public sealed record ConditionView(string Source, string Field, string Predicate, string? Value = null);

/// <summary>One value that could become authoritative.</summary>
public sealed record AlternativeView
{
    /// <summary>The field of the value.</summary>
    public required string Field { get; init; }

    /// <summary>The value.</summary>
    public FieldValues? Value { get; init; }

    /// <summary>The sources that say it now.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>What it still needs from people.</summary>
    public required IReadOnlyList<string> Needs { get; init; }

    /// <summary>The corrections that would then be proposed.</summary>
    public required IReadOnlyList<WriteView> Writes { get; init; }
}

/// <summary>One correction of one record: a JSON Patch (RFC 6902) and its exact inverse.</summary>
public sealed record WriteView
{
    /// <summary>Its address within the package.</summary>
    public required string Id { get; init; }

    /// <summary>The field that it corrects.</summary>
    public required string Field { get; init; }

    /// <summary>The record to write and the revision that the patch was made for.</summary>
    public required TargetView Target { get; init; }

    /// <summary>Tests of the present values, then the change.</summary>
    public required IReadOnlyList<OperationView> Patch { get; init; }

    /// <summary>Tests of the written values, then the way back.</summary>
    public required IReadOnlyList<OperationView> Inverse { get; init; }
}

/// <summary>A source record as a target. The field stands in lists of targets, the revision in proposed writes.</summary>
public sealed record TargetView(string Source, string Instance, string RecordId, string? Revision = null, string? Field = null);

/// <summary>One operation of a JSON Patch.</summary>
public sealed record OperationView(string Op, string Path, string? Value = null);
