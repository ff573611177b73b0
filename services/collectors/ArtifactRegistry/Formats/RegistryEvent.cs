using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>
/// One push or deletion as most webhooks state it, and the item that it makes: the digest's grammar first, then
/// registry, repository and tag, then the time. What a format spells in its own way it hands over as read.
/// </summary>
internal sealed record RegistryEvent
{
    /// <summary>The node that states the digest.</summary>
    public required Node DigestNode { get; init; }

    /// <summary>The digest, where the node spells it otherwise than <c>alg:hex</c>; read from the node by default.</summary>
    public Digest? Digest { get; init; }

    /// <summary>What the digest is an address of.</summary>
    public DigestKind Kind { get; init; }

    /// <summary>The registry that the payload names; the endpoint's configured instance goes before it.</summary>
    public string? Host { get; init; }

    /// <summary>The node that would name the registry, for the refusal of an event that names none.</summary>
    public required Node HostNode { get; init; }

    /// <summary>The node that states the repository.</summary>
    public required Node Repository { get; init; }

    /// <summary>The repository's path, where the node states only a part of it.</summary>
    public string? Path { get; init; }

    /// <summary>The node that states the tag; absent or empty for none.</summary>
    public required Node Tag { get; init; }

    /// <summary>The tag, where the node states more than it.</summary>
    public string? TagText { get; init; }

    /// <summary>The node that states when it happened.</summary>
    public required Node Time { get; init; }

    /// <summary>The spellings of time that the format has.</summary>
    public TimeFormats TimeFormats { get; init; } = TimeFormats.Rfc3339;

    /// <summary>The counter that orders the record's revisions, where the format has one.</summary>
    public string? Counter { get; init; }

    /// <summary>Whether it is a deletion.</summary>
    public bool Withdrawn { get; init; }

    /// <summary>The source's id of the message.</summary>
    public string? MessageId { get; init; }

    /// <summary>JSON Pointer of the event within its document.</summary>
    public required string Pointer { get; init; }

    /// <summary>The item; it must be the next of the notification.</summary>
    public NormalisedItem ToItem(Items items)
    {
        Digest? digest = Digest;
        if (digest is null && DigestNode.HasValue)
        {
            if (!Contracts.Digest.TryParse(DigestNode.Text, out Digest stated))
            {
                return DigestNode.Reject(RegistryMembers.NotADigest);
            }

            digest = stated;
        }

        string? tag = TagText ?? (Tag.HasValue ? Tag.Text : null);
        if (digest is null && tag is null)
        {
            return DigestNode.Reject(Withdrawn ? "a deletion that states neither digest nor tag" : "a push that states neither digest nor tag");
        }

        if ((RegistryHost.Canonical(items.Notification.Instance) ?? RegistryHost.Canonical(Host)) is not { } host)
        {
            return HostNode.Reject(RegistryMembers.NoHost);
        }

        if (ReadImage(host, tag, out ImageReference? image) is { } refused)
        {
            return refused;
        }

        TimeReading time = Times.Read(Time, TimeFormats);
        if (time.Unreadable is not null)
        {
            return Time.Reject(time.Unreadable);
        }

        if (digest is null)
        {
            return new NormalisedItem.Hint(
                Withdrawn ? "a deletion that states no digest" : "a push that states no digest", host, image!.ToString());
        }

        Observation observation = new RegistryFact
        {
            Image = image!,
            Repository = Repository,
            Tag = Tag,
            Digest = digest,
            DigestNode = DigestNode,
            Kind = Kind,
            Time = Time,
            TimeFormats = TimeFormats,
            OccurredAt = time.Utc,
            Withdrawn = Withdrawn,
            MessageId = MessageId,
            RecordPointer = Pointer,
        }.ToObservation(host, items.NextLineage);
        return new NormalisedItem.Observed(observation with { Revision = new Revision(Counter, time.Utc) });
    }

    private NormalisedItem.Rejected? ReadImage(string host, string? tag, out ImageReference? image)
    {
        if (Path is null && TagText is null)
        {
            return RegistryMembers.ReadImage(host, Repository, Tag, out image);
        }

        image = null;
        if (!ImageReference.IsRepository(Path ?? Repository.String))
        {
            return Repository.Reject("repository is not an OCI repository name (lower case, separators between alphanumerics)");
        }

        if (tag is not null && !ImageReference.IsTag(tag))
        {
            return Tag.Reject("tag is not an OCI tag (at most 128 of [A-Za-z0-9_.-])");
        }

        image = new ImageReference(host, Path ?? Repository.String!, tag);
        return null;
    }
}
