using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats.Registry;

/// <summary>
/// One fact about a registry, whichever format says it, and the observation that it becomes. Nodes give the places;
/// the values have been checked by the format that read them.
/// </summary>
public sealed record RegistryFact
{
    /// <summary>Coordinates, with the tag where the payload names one.</summary>
    public required ImageReference Image { get; init; }

    /// <summary>The node that states the repository.</summary>
    public required Node Repository { get; init; }

    /// <summary>The node that states the tag; absent for an untagged manifest.</summary>
    public required Node Tag { get; init; }

    /// <summary>The digest; null only for the deletion of a tag or a repository.</summary>
    public Digest? Digest { get; init; }

    /// <summary>The node that states the digest.</summary>
    public required Node DigestNode { get; init; }

    /// <summary>What the digest is an address of.</summary>
    public DigestKind Kind { get; init; }

    /// <summary>The node that states when it happened.</summary>
    public required Node Time { get; init; }

    /// <summary>The spellings of time that the format has.</summary>
    public TimeFormats TimeFormats { get; init; } = TimeFormats.Rfc3339;

    /// <summary>When it happened, as read from <see cref="Time"/>.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>Manifests that the index lists.</summary>
    public IReadOnlyList<Digest> Children { get; init; } = [];

    /// <summary>Readings that the payload states itself; they go before the derived ones.</summary>
    public Readings Stated { get; init; } = new();

    /// <summary>The node that lists all active tags of the digest, and the tags; null where only the one tag is known.</summary>
    public (Node Node, IReadOnlyList<string> Tags)? AllTags { get; init; }

    /// <summary>Whether the tag, manifest or repository is gone.</summary>
    public bool Withdrawn { get; init; }

    /// <summary>The source's id of the message.</summary>
    public string? MessageId { get; init; }

    /// <summary>JSON Pointer of the record within its document.</summary>
    public string RecordPointer { get; init; } = "";

    /// <summary>
    /// The observation: of a tag where one is named, else of the manifest, else (deletions only) of the repository.
    /// </summary>
    /// <param name="instance">The registry instance.</param>
    /// <param name="lineage">The lineage of the item.</param>
    public Observation ToObservation(string instance, Lineage lineage)
    {
        ImageReference repository = Image with { Tag = null };
        (RecordKind kind, string id) = Image.Tag is not null ? (RecordKind.RegistryTag, Image.ToString())
            : Digest is { } digest ? (RecordKind.RegistryManifest, $"{repository}@{digest}")
            : (RecordKind.RegistryRepository, repository.Coordinates);
        Node about = Digest is not null ? DigestNode : Image.Tag is not null ? Tag : Repository;
        return new Observation
        {
            Record = new SourceRecord(Source.ArtifactRegistry, instance, kind, id),
            Revision = new Revision(null, OccurredAt),
            Lineage = lineage,
            Subjects = [new Subject(Image, Digest, Kind, about.Place)],
            Fields = Fields(),
            Children = [.. Children.Distinct().Order()],
            Withdrawn = Withdrawn,
            MessageId = MessageId,
            RecordPointer = RecordPointer,
        };
    }

    private IReadOnlyList<FieldReading> Fields()
    {
        Readings readings = Stated.Value(Field.Repository, Repository, Image.Coordinates);
        if (Withdrawn || Image.Tag is null)
        {
            // A deletion has no current values, and an untagged manifest is nothing that a tag was promoted to.
            return readings.ToList();
        }

        if (Digest is { } digest)
        {
            readings.Value(Field.ManifestDigest, DigestNode, digest.Text, Kind).Value(Field.TagToDigest, DigestNode, digest.Text, Kind);
        }

        readings.Time(Field.PromotionTime, Time, TimeFormats);
        return (AllTags is { } all
            ? readings.Values(Field.ActiveTags, all.Node, all.Tags)
            : readings.Value(Field.ActiveTags, Tag, Image.Tag)).ToList();
    }
}
