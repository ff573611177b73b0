using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.CdEvents;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>
/// <c>cdevents</c> of the artifact registry: an image published or deleted (CDEvents, "Continuous Integration", artifact).
/// The subject's id is a package URL, whose digest is percent-encoded.
/// </summary>
public sealed class ArtifactEventsNormalizer : CdEventsNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.ArtifactRegistry;

    /// <inheritdoc/>
    protected override NormalisedItem ReadEvent(CdEvent e, Items items) => e.Kind switch
    {
        "artifact.published" => ReadArtifact(e, items, deleted: false),
        "artifact.deleted" => ReadArtifact(e, items, deleted: true),
        "artifact.packaged" => new NormalisedItem.Irrelevant("an artifact that is packaged, and not yet published"),
        "artifact.downloaded" => new NormalisedItem.Irrelevant("a pull"),
        "artifact.signed" => new NormalisedItem.Irrelevant("a signature, which the signature ledger tells"),
        _ => new NormalisedItem.Irrelevant("an event about something other than an artifact"),
    };

    private static NormalisedItem ReadArtifact(CdEvent e, Items items, bool deleted)
    {
        Node id = e.SubjectId;
        if (id.String is not { Length: > 0 })
        {
            return id.Reject("the subject's id is missing");
        }

        if (ArtifactId.Parse(id.String) is not { } artifact)
        {
            return new NormalisedItem.Irrelevant("an artifact that is no container image: its id is neither an oci nor a docker package URL");
        }

        if (artifact.Problem is not null)
        {
            return id.Reject(artifact.Problem);
        }

        if (artifact.Image is not { } named)
        {
            return artifact.Digest is { } bare ? OfDigest(e, bare, items, deleted)
                : id.Reject("the id names neither a repository (repository_url) nor a digest");
        }

        string host = RegistryHost.Canonical(items.Notification.Instance) ?? named.Registry;
        ImageReference image = named with { Registry = host, Tag = deleted && artifact.Digest is not null ? null : named.Tag };
        if (artifact.Digest is null)
        {
            return new NormalisedItem.Hint(deleted ? "a deletion that states no digest" : "a publication that states no digest", host, image.ToString());
        }

        return new NormalisedItem.Observed(new RegistryFact
        {
            Image = image,
            Repository = id,
            Tag = id,
            Digest = artifact.Digest,
            DigestNode = id,
            Time = e.Timestamp,
            OccurredAt = e.Occurred.Utc,
            Withdrawn = deleted,
            MessageId = e.MessageId,
            RecordPointer = e.Node.Pointer,
        }.ToObservation(host, items.NextLineage));
    }

    /// <summary>Published somewhere: the digest exists. Deleted somewhere: it may exist elsewhere, so that only a look can tell.</summary>
    private static NormalisedItem OfDigest(CdEvent e, Digest digest, Items items, bool deleted)
    {
        string instance = e.InstanceOf(items.Notification);
        return deleted
            ? new NormalisedItem.Hint("a deletion that names no repository", instance, digest.Text)
            : new NormalisedItem.Observed(UnplacedManifest.Observe(instance, digest, DigestKind.Unknown, e.SubjectId, items.NextLineage) with
            {
                Revision = new Revision(null, e.Occurred.Utc),
                MessageId = e.MessageId,
                RecordPointer = e.Node.Pointer,
            });
    }
}
