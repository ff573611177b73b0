using System.Text.Json.Nodes;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Audit;

/// <summary>What is to be noted in the audit log.</summary>
internal sealed record AuditEntry
{
    /// <summary>Who did it.</summary>
    public required string Subject { get; init; }

    /// <summary>What it is: of <see cref="AuditKinds"/>, or the kind of a decision.</summary>
    public required string Kind { get; init; }

    /// <summary>The tuple that it is about; null for none.</summary>
    public string? TupleId { get; init; }

    /// <summary>What it was. Masked: nothing may be in it that the API wouldn't show.</summary>
    public required JsonObject Detail { get; init; }
}

/// <summary>Kinds of events besides decisions. Storage format: version with care.</summary>
internal static class AuditKinds
{
    internal const string Reveal = "reveal";
    internal const string Export = "export";
    internal const string Denied = "denied";
    internal const string Rebuild = "rebuild";
}

/// <summary>One event as stored.</summary>
internal sealed record AuditRow
{
    /// <summary>What stands where the first event would have the hash of the one before.</summary>
    public static readonly string NoHash = new('0', 64);

    public long Sequence { get; init; }
    public DateTimeOffset At { get; init; }
    public string Subject { get; init; } = "";
    public string Kind { get; init; } = "";
    public long? TupleNo { get; init; }
    public string? TupleId { get; init; }
    public string Detail { get; init; } = "";
    public string PreviousHash { get; init; } = "";
    public string Hash { get; init; } = "";

    /// <summary>
    /// SHA-256 hex over the canonical JSON (RFC 8785) of everything but the tuple's id, which another token key changes.
    /// Storage format: version with care.
    /// </summary>
    public string ComputedHash() => CanonicalJson.Sha256(new JsonObject
    {
        ["at"] = StoredTypes.TextOf(At),
        ["detail"] = Detail,
        ["kind"] = Kind,
        ["previousHash"] = PreviousHash,
        ["sequence"] = Api.Tokens.Text(Sequence),
        ["subject"] = Subject,
        ["tuple"] = TupleNo is { } tuple ? Api.Tokens.Text(tuple) : null,
    });
}
