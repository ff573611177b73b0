namespace ReleaseIntegrity.Handoff.Deciding;

/// <summary>Kinds of decisions. Published names and storage format: version with care.</summary>
internal static class DecisionKinds
{
    internal const string Acknowledge = "acknowledge";
    internal const string AuthorizeRepair = "authorize-repair";
    internal const string Return = "return";
    internal const string Annotate = "annotate";
    internal const string Pin = "pin";
    internal const string Unpin = "unpin";

    internal static readonly IReadOnlyList<string> All = [Acknowledge, AuthorizeRepair, Return, Annotate, Pin, Unpin];
}

/// <summary>States of decisions. Published names and storage format: version with care.</summary>
internal static class DecisionStates
{
    internal const string Effective = "effective";
    internal const string Awaiting = "awaiting-second-person";
    internal const string Confirming = "confirming";

    /// <summary>Never stored: it follows from what came after.</summary>
    internal const string Superseded = "superseded";
}

/// <summary>What a steward asks for, checked for form.</summary>
internal sealed record Proposal
{
    public required string Kind { get; init; }

    public required string TupleId { get; init; }

    /// <summary>Null for <c>unpin</c>.</summary>
    public string? PackageId { get; init; }

    /// <summary>Null for the last package with that id.</summary>
    public long? Revision { get; init; }

    public string Etag { get; init; } = "";

    public required string RequestId { get; init; }

    /// <summary>Hash of who asks for what: the same id with another one is another request.</summary>
    public required string RequestSha256 { get; init; }

    public required string Steward { get; init; }

    public bool ValidateOnly { get; init; }

    /// <summary>Note or reason, as it was written.</summary>
    public string Note { get; init; } = "";

    /// <summary>Empty for all.</summary>
    public IReadOnlyList<string> WriteIds { get; init; } = [];

    public string? Field { get; init; }

    public int Candidate { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A decision as stored, with what is needed to show it.</summary>
internal sealed record DecisionRow
{
    public long DecisionNo { get; init; }
    public long TupleNo { get; init; }
    public string TupleId { get; init; } = "";
    public string RequestId { get; init; } = "";
    public string RequestSha256 { get; init; } = "";
    public string Kind { get; init; } = "";
    public string Steward { get; init; } = "";
    public DateTimeOffset DecidedAt { get; init; }
    public long? PackageRevision { get; init; }
    public string? Field { get; init; }
    public string Note { get; init; } = "";
    public string State { get; init; } = "";
    public string? SecondSteward { get; init; }

    /// <summary>Ids of authorised writes, sorted, a line each.</summary>
    public string Writes { get; init; } = "";

    public long? Candidate { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Where the package stood after it.</summary>
    public string? PackageState { get; init; }

    public long Sequence { get; init; }

    /// <summary>The package's id and unmasked content; null for <c>unpin</c>.</summary>
    public string? PackageId { get; init; }
    public string? PackageContent { get; init; }

    /// <summary>Where the package stands now.</summary>
    public string? PackageStandsAt { get; init; }

    /// <summary>The tuple's current ledger, unmasked; null before the first.</summary>
    public string? LedgerContent { get; init; }

    /// <summary>Pins of the same field, and takings back, that took effect after this one did.</summary>
    public long LaterPins { get; init; }

    /// <summary>The state as it is shown: what something later ended is superseded.</summary>
    public string ShownState => (Kind == DecisionKinds.Pin && State != DecisionStates.Awaiting && LaterPins > 0)
        || (State == DecisionStates.Awaiting && PackageStandsAt is Store.States.Superseded or Store.States.Closed)
            ? DecisionStates.Superseded
            : State;
}

/// <summary>An authorised write as stored.</summary>
internal sealed record RepairRow
{
    public long TupleNo { get; init; }
    public long PackageRevision { get; init; }
    public string WriteId { get; init; } = "";
    public long DecisionNo { get; init; }
    public string State { get; init; } = "";
    public long LedgerRevision { get; init; }
    public DateTimeOffset? ObservedAt { get; init; }
}
