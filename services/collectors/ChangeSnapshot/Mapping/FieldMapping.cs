using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;

/// <summary>
/// Which node of a change record states which field. Every company names its custom fields differently, so this is
/// a document (YAML or JSON) and not code; see the README for its members and <see cref="FieldMappingReader"/> for what
/// is refused. All expressions are evaluated on the record itself (the ServiceNow row, the Jira issue).
/// </summary>
public sealed record FieldMapping
{
    /// <summary>The format that the mapping is for.</summary>
    public required string Format { get; init; }

    /// <summary>
    /// Version of the mapping document, 0 for the shipped default. Raise it with every change: of two readings of the
    /// same bytes the one with the greater version counts.
    /// </summary>
    public required int Version { get; init; }

    /// <summary>The record's immutable id.</summary>
    public required NodeSelector Id { get; init; }

    /// <summary>The counter that orders the record's revisions; null where the format itself has a better one.</summary>
    public NodeSelector? Revision { get; init; }

    /// <summary>When this revision was written; null where the format itself says it.</summary>
    public NodeSelector? Time { get; init; }

    /// <summary>A URL or name of the change system, used where the endpoint is not configured with an instance.</summary>
    public NodeSelector? Instance { get; init; }

    /// <summary>The approved reference; null where the mapping names none.</summary>
    public ImageMapping? Image { get; init; }

    /// <summary>The approved digest; null where it is only in the reference, or nowhere.</summary>
    public NodeSelector? Digest { get; init; }

    /// <summary>The fields that are read as they stand. Those in <see cref="Derived"/> follow from image and digest.</summary>
    public required IReadOnlyDictionary<Field, NodeSelector> Fields { get; init; }

    /// <summary>Which values mean what for the approval; the first row that holds decides.</summary>
    public required IReadOnlyList<ApprovalRow> Approval { get; init; }

    /// <summary>When the push says that the record is deleted; null where the format itself says it.</summary>
    public Condition? Withdrawn { get; init; }

    /// <summary>Fields that the mapping may read as they stand.</summary>
    public static IReadOnlyList<Field> Mappable { get; } =
    [
        Field.ReleaseTrain, Field.ReleaseWindow, Field.ExceptionNotes, Field.ExceptionBindings, Field.ApprovalTime,
        Field.ReviewerState, Field.CertificateFingerprint, Field.CertificateLineage, Field.SignerIdentity,
        Field.SignerKeyId, Field.SignatureEnvelopeId, Field.AttestationBundle, Field.PromotionTime, Field.ActiveTags,
    ];

    /// <summary>Fields that follow from the approved reference and digest.</summary>
    public static IReadOnlyList<Field> Derived { get; } =
        [Field.Repository, Field.ManifestDigest, Field.TagToDigest, Field.ApprovedTuple];
}

/// <summary>
/// The approved reference: either one node that spells it (<paramref name="Reference"/>), or its parts.
/// </summary>
/// <param name="Reference">A node such as <c>registry/repo:tag</c>, also with <c>@digest</c>.</param>
/// <param name="Registry">The registry host, where it stands by itself.</param>
/// <param name="Repository">The repository path, with or without the host.</param>
/// <param name="Tag">The tag.</param>
public sealed record ImageMapping(
    NodeSelector? Reference, NodeSelector? Registry, NodeSelector? Repository, NodeSelector? Tag);

/// <summary>One row of the approval table.</summary>
/// <param name="Is">What the record's approval then is.</param>
/// <param name="Where">When the row holds.</param>
public sealed record ApprovalRow(Approval Is, Condition Where);

/// <summary>Holds when every selector leads to one of its values; texts are compared without regard to case.</summary>
/// <param name="Terms">The selectors with their values.</param>
public sealed record Condition(IReadOnlyList<(NodeSelector Selector, IReadOnlyList<string> Values)> Terms);
