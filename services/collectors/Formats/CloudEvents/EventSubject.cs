using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats.CloudEvents;

/// <summary>One artifact that an own event names: <c>image</c>, <c>digest</c> and <c>digestKind</c>, beside each other.</summary>
/// <param name="Image">Coordinates, or null where only a digest is named.</param>
/// <param name="Digest">The digest, or null.</param>
/// <param name="Kind">What the digest is an address of.</param>
/// <param name="ImageNode">The node that states the reference or the repository.</param>
/// <param name="TagNode">The node that states the tag; absent where there is none.</param>
/// <param name="DigestNode">The node that states the digest, within the reference if it stands there.</param>
internal sealed record EventSubject(
    ImageReference? Image, Digest? Digest, DigestKind Kind, Node ImageNode, Node TagNode, Node DigestNode)
{
    public Subject ToSubject() => new(Image, Digest, Kind, (Digest is not null ? DigestNode : TagNode.Exists ? TagNode : ImageNode).Place);

    /// <summary>
    /// The artifacts in <c>subjects[]</c>, or the one that the data itself names; rejected where one is malformed. In
    /// a change record a malformed digest is not what identifies the record: its reading says unreadable instead.
    /// </summary>
    public static NormalisedItem.Rejected? ReadAll(Node data, Source source, string? instance, out List<EventSubject> subjects)
    {
        subjects = [];
        Node list = data["subjects"];
        if (list.Exists && (list.Kind != NodeKind.Array || source != Source.SignatureLedger))
        {
            return list.Reject(source == Source.SignatureLedger ? "subjects must be an array" : "only a ledger entry has subjects");
        }

        foreach (Node node in list.Exists ? list.Items : [data])
        {
            if (node.Kind != NodeKind.Object)
            {
                return node.Reject("a subject must be an object with digest, and image where it names one");
            }

            string? registry = source == Source.ArtifactRegistry ? instance : null;
            if (Read(node, registry, source == Source.ChangeSnapshot, out EventSubject? subject) is { } refused)
            {
                return refused;
            }

            if (subject is not null)
            {
                subjects.Add(subject);
            }
        }

        return null;
    }

    /// <summary>The digests of <c>children</c>, sorted and distinct.</summary>
    public static NormalisedItem.Rejected? ReadChildren(Node node, out List<Digest> children)
    {
        children = [];
        foreach (Node child in node.Items)
        {
            if (!Contracts.Digest.TryParse(child.Text, out Digest digest))
            {
                return child.Reject(RegistryMembers.NotADigest);
            }

            children.Add(digest);
        }

        children = [.. children.Distinct().Order()];
        return node.Presence == Presence.Value && node.Kind != NodeKind.Array ? node.Reject("children must be an array of digests") : null;
    }

    private static NormalisedItem.Rejected? Read(Node node, string? registry, bool digestMayBeUnreadable, out EventSubject? subject)
    {
        subject = null;
        if (RegistryMembers.FindDuplicate(node, "image", "digest", "digestKind") is { } twice)
        {
            return twice;
        }

        Node digestNode = node["digest"];
        Digest? digest = null;
        if (digestNode.HasValue && Contracts.Digest.TryParse(digestNode.Text, out Digest parsed))
        {
            digest = parsed;
        }
        else if (digestNode.HasValue && !digestMayBeUnreadable)
        {
            return digestNode.Reject(RegistryMembers.NotADigest);
        }

        Node kindNode = node["digestKind"];
        DigestKind kind = DigestKind.Unknown;
        if (kindNode.HasValue && !WireNames.TryParse(kindNode.String, out kind))
        {
            return kindNode.Reject($"digestKind must be one of {string.Join(", ", WireNames.All<DigestKind>())}");
        }

        if (ReadImage(node["image"], registry, out ImageReference? image, out Node tag, out Digest? named) is { } refused)
        {
            return refused;
        }

        if (named is not null && digest is not null && named != digest)
        {
            return node["image"].Reject("image names another digest than digest does");
        }

        if (digestNode.HasValue && digest is null && image is null)
        {
            // Then it is what identifies the artifact, in a change record too.
            return digestNode.Reject(RegistryMembers.NotADigest);
        }

        Node imageNode = node["image"];
        if (!digestNode.HasValue && named is not null)
        {
            (digest, digestNode) = (named, imageNode);
        }

        if (image is not null || digest is not null)
        {
            Node repository = imageNode.Kind == NodeKind.Object ? imageNode["repository"] : imageNode;
            subject = new EventSubject(image, digest, kind, repository, tag, digestNode);
        }

        return null;
    }

    private static NormalisedItem.Rejected? ReadImage(Node node, string? registry, out ImageReference? image, out Node tag, out Digest? named)
    {
        image = null;
        named = null;
        tag = node["tag"];
        if (!node.HasValue)
        {
            return null;
        }

        if (node.Kind == NodeKind.String)
        {
            if (!ImageReference.TryParse(node.String, out image, out named, hostRequired: true)
                || (RegistryHost.Canonical(registry) ?? RegistryHost.Canonical(image!.Registry)) is not { } canonical)
            {
                image = null;
                return node.Reject("image must be host/repository, with :tag or @digest where known");
            }

            image = image! with { Registry = canonical };
            tag = image.Tag is null ? tag : node;
            return null;
        }

        if (RegistryMembers.FindDuplicate(node, "registry", "repository", "tag") is { } twice)
        {
            return twice;
        }

        string? host = RegistryHost.Canonical(registry) ?? RegistryHost.Canonical(node["registry"].Value);
        return host is null
            ? node["registry"].Reject("registry must be a host, with a port where it needs one")
            : RegistryMembers.ReadImage(host, node["repository"], node["tag"], out image);
    }
}
