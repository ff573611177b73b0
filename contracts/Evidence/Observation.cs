namespace ReleaseIntegrity.Contracts;

/// <summary>
/// One revision of one source record, normalised. Storage format: version with care.
/// </summary>
public sealed record Observation
{
    /// <summary>What is described.</summary>
    public required SourceRecord Record { get; init; }

    /// <summary>The source's own order of it.</summary>
    public required Revision Revision { get; init; }

    /// <summary>Where the observation comes from.</summary>
    public required Lineage Lineage { get; init; }

    /// <summary>
    /// What it is about: for a tag record one reference and one digest, for a ledger entry one subject per digest
    /// that the entry covers, for a change record the approved artifact, for a container its image.
    /// </summary>
    public IReadOnlyList<Subject> Subjects { get; init; } = [];

    /// <summary>The fields that the payload carries, at most one reading per field.</summary>
    public IReadOnlyList<FieldReading> Fields { get; init; } = [];

    /// <summary>
    /// For an index: the manifests that it lists, by proof of the index document. For a signed payload, and for a ledger entry
    /// that carries one: the payload's own digest, by proof of its bytes; what is signed under it is about the subject.
    /// </summary>
    public IReadOnlyList<Digest> Children { get; init; } = [];

    /// <summary>The record is gone at its source: a deletion, a withdrawn claim, a finished container.</summary>
    public bool Withdrawn { get; init; }

    /// <summary>For a change record: where its approval stands. Null elsewhere.</summary>
    public Approval? Approval { get; init; }

    /// <summary>For a ledger entry: the in-toto predicate type, or null for a message signature.</summary>
    public string? PredicateType { get; init; }

    /// <summary>For a ledger entry: when the signature was made, as far as the entry says.</summary>
    public DateTimeOffset? SigningTime { get; init; }

    /// <summary>The source's id of the message, where it has one: equal keys of one instance are one fact.</summary>
    public string? MessageId { get; init; }

    /// <summary>JSON Pointer of the record itself within its document; corrections are written relative to it.</summary>
    public string RecordPointer { get; init; } = "";
}

/// <summary>One artifact that an observation speaks about.</summary>
/// <param name="Image">Repository coordinates, with the tag where the payload names one; null when it names a digest only.</param>
/// <param name="Digest">The digest; null when the payload names a tag only.</param>
/// <param name="DigestKind">What the digest is an address of.</param>
/// <param name="Place">Where the digest stands, or the tag where there is no digest.</param>
public sealed record Subject(ImageReference? Image, Digest? Digest, DigestKind DigestKind, Place Place);

/// <summary>Where the approval of a change record stands.</summary>
public enum Approval
{
    /// <summary>Not decided yet.</summary>
    Pending,

    /// <summary>Approved and not cancelled.</summary>
    Approved,

    /// <summary>Rejected.</summary>
    Rejected,

    /// <summary>Cancelled, whatever was approved before.</summary>
    Cancelled,
}

/// <summary>Where an observation comes from.</summary>
/// <param name="NotificationSha256">Lower-case hex SHA-256 that addresses the kept notification.</param>
/// <param name="ItemIndex">Index of the item within the notification, from 0.</param>
/// <param name="ExtractedAt">When the notification was received or fetched, UTC.</param>
/// <param name="Format">The format, which is also the endpoint's name.</param>
/// <param name="MappingVersion">Version of the format's mapping; the greatest wins on re-normalisation.</param>
public sealed record Lineage(
    string NotificationSha256, int ItemIndex, DateTimeOffset ExtractedAt, string Format, int MappingVersion);
