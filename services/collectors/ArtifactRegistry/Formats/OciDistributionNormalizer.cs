using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>
/// <c>oci-distribution</c>: what a registry answers (distribution-spec): manifests and indexes with the children that they
/// prove, lists of tags, that a tag is gone (404), and a <c>HEAD</c>, whose content is in its headers. The request's address comes as header
/// <c>content-location</c>.
/// </summary>
public sealed class OciDistributionNormalizer : DocumentNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.ArtifactRegistry;

    /// <inheritdoc/>
    public override string Format => "oci-distribution";

    /// <inheritdoc/>
    protected override bool ReadsUnparsed(SourceDocument document) => document.Body.Bytes.IsEmpty && document.Headers["docker-content-digest"].Exists;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        Node root = document.Root;
        OciLocation location = OciLocation.Of(document, items);
        if (document.Body.Bytes.IsEmpty)
        {
            items.Add(ReadHead(document, location, items));
        }
        else if (root["errors"].Exists && location.Tag is not null && IsGone(root["errors"]))
        {
            items.Add(ReadGone(document, location, items));
        }
        else if (root["errors"].Exists)
        {
            items.Reject(root["errors"], "the registry answered with an error instead of a document");
        }
        else if (location.Resource == OciResource.Referrers || (location.Resource == OciResource.Unknown && MayListReferrers(root)))
        {
            ReadReferrers(root, items);
        }
        else if (root["repositories"].Exists)
        {
            items.Add(new NormalisedItem.Irrelevant("a catalogue of repositories"));
        }
        else if (root["tags"].Exists && root["name"].Exists)
        {
            ReadTags(root, location, items);
        }
        else if (OciManifest.Is(root))
        {
            OciManifest.Read(document, location, items);
        }
        else if (location.Resource == OciResource.Blob || root["rootfs"].Exists || root["architecture"].Exists)
        {
            items.Add(new NormalisedItem.Irrelevant("a configuration or another blob, which no tag can name"));
        }
        else
        {
            items.Reject(root, "neither a manifest, an index nor a list of tags");
        }
    }

    /// <summary>Distribution-spec "Error Codes": there is no such manifest, or no such repository.</summary>
    private static bool IsGone(Node errors) =>
        errors.Items.Count > 0 && errors.Items.All(e => e["code"].String is "MANIFEST_UNKNOWN" or "NAME_UNKNOWN" && !e["code"].IsAmbiguous);

    /// <summary>The registry was asked for a tag, and has it no more: it is withdrawn as of that answer.</summary>
    private static NormalisedItem ReadGone(SourceDocument document, OciLocation location, Items items) =>
        location is { Host: { } host, Repository: { } repository }
            ? new NormalisedItem.Observed(new RegistryFact
            {
                Image = new ImageReference(host, repository, location.Tag),
                Repository = location.Node,
                Tag = location.Node,
                DigestNode = location.Node,
                Time = document.Root["no time"],
                OccurredAt = OciLocation.ReadAt(document),
                Withdrawn = true,
            }.ToObservation(host, items.NextLineage))
            : location.Node.Reject(RegistryMembers.NoHost);

    /// <summary>An answer without a body: the digest in its header is the registry's word, not proven by bytes.</summary>
    private static NormalisedItem ReadHead(SourceDocument document, OciLocation location, Items items)
    {
        Node header = document.Headers["docker-content-digest"];
        if (!Digest.TryParse(header.String, out Digest digest))
        {
            return header.Reject(RegistryMembers.NotADigest);
        }

        if (location.Digest is { } asked && asked.Text[..6] == digest.Text[..6] && asked != digest)
        {
            return location.Node.Reject("the digest that the registry states is not the one that was asked for");
        }

        if (location is not { Host: { } host, Repository: { } repository })
        {
            return location.Node.Reject(location.Host is null ? RegistryMembers.NoHost : "content-location names no repository");
        }

        DigestKind? kind = ManifestMediaTypes.KindOf(document.Headers["content-type"].String ?? "");
        return new NormalisedItem.Observed(new RegistryFact
        {
            Image = new ImageReference(host, repository, location.Tag),
            Repository = location.Node,
            Tag = location.Node,
            Digest = digest,
            DigestNode = header,
            Kind = kind is DigestKind.Index or DigestKind.Manifest ? kind.Value : DigestKind.Unknown,
            Time = header["no time"],
            OccurredAt = OciLocation.ReadAt(document),
        }.ToObservation(host, items.NextLineage));
    }

    /// <summary>Without its address: an index that lists nothing, or nothing but artifacts, is not one that is pulled by.</summary>
    private static bool MayListReferrers(Node root) =>
        root["manifests"].Kind == NodeKind.Array && root["manifests"].Items.All(m => m["artifactType"].HasValue);

    private static void ReadReferrers(Node root, Items items)
    {
        foreach (Node entry in root["manifests"].Items)
        {
            if (!Digest.TryParse(entry["digest"].Text, out _))
            {
                items.Reject(entry["digest"], entry["digest"].HasValue ? RegistryMembers.NotADigest : "digest is missing");
            }
        }

        if (items.Count == 0)
        {
            items.Add(new NormalisedItem.Irrelevant("a list of what refers to a manifest, and no index that anything is pulled by"));
        }
    }

    private static void ReadTags(Node root, OciLocation location, Items items)
    {
        if (RegistryMembers.FindDuplicate(root, "name", "tags") is { } twice)
        {
            items.Add(twice);
            return;
        }

        if (location.Host is null || !ImageReference.IsRepository(root["name"].String))
        {
            items.Reject(root["name"], location.Host is null ? RegistryMembers.NoHost : "name is not an OCI repository name");
            return;
        }

        foreach (Node tag in root["tags"].Items)
        {
            items.Add(ImageReference.IsTag(tag.String)
                ? new NormalisedItem.Hint("a tag of a list, without its digest", location.Host, $"{location.Host}/{root["name"].String}:{tag.String}")
                : tag.Reject("tag is not an OCI tag (at most 128 of [A-Za-z0-9_.-])"));
        }

        if (items.Count == 0)
        {
            items.Add(new NormalisedItem.Irrelevant("a repository without tags"));
        }
    }
}
