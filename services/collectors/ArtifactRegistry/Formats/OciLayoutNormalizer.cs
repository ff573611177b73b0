using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>
/// <c>oci-layout</c>: the files of an image layout (image-spec, "Image Layout"): <c>index.json</c>, and the manifests and
/// indexes among its blobs. What the layout calls a whole reference (<c>org.opencontainers.image.ref.name</c>, or containerd's
/// <c>io.containerd.image.name</c>) names the tag that the entry was exported from.
/// </summary>
public sealed class OciLayoutNormalizer : DocumentNormalizer
{
    private static readonly string[] Names = ["io.containerd.image.name", "org.opencontainers.image.ref.name"];

    // DSSE, cosign's simple signing, Sigstore bundles, SPDX, CycloneDX.
    private static readonly string[] OtherBlobs = ["payloadType", "critical", "verificationMaterial", "spdxVersion", "bomFormat"];

    /// <inheritdoc/>
    public override Source Source => Source.ArtifactRegistry;

    /// <inheritdoc/>
    public override string Format => "oci-layout";

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        Node root = document.Root;
        if (OciManifest.Is(root))
        {
            OciManifest.Read(document, OciLocation.Of(document, items), items);
            foreach (Node entry in root["manifests"].Items)
            {
                if (ReadName(entry, items) is { } item)
                {
                    items.Add(item);
                }
            }
        }
        else if (root["imageLayoutVersion"].Exists)
        {
            items.Add(new NormalisedItem.Irrelevant("the marker of a layout"));
        }
        else if (root["_type"].Exists && root["predicateType"].Exists)
        {
            items.Add(new NormalisedItem.Irrelevant("an in-toto statement without an envelope: unsigned, as BuildKit keeps it"));
        }
        else if (Array.Exists(OtherBlobs, name => root[name].Exists))
        {
            items.Add(new NormalisedItem.Irrelevant("a blob of what is attached to an image: a signature's payload, an envelope, a bill of materials"));
        }
        else if (root["rootfs"].Exists || root["architecture"].Exists)
        {
            items.Add(new NormalisedItem.Irrelevant("a configuration, which no tag can name"));
        }
        else
        {
            items.Reject(root, "none of a layout's documents: index.json, an index, a manifest");
        }
    }

    /// <summary>The tag that an entry names by a whole reference; null where it names none (a bare name is no address).</summary>
    private static NormalisedItem? ReadName(Node entry, Items items)
    {
        Node annotations = entry["annotations"];
        if (!Digest.TryParse(entry["digest"].Text, out Digest digest) || RegistryMembers.FindDuplicate(annotations, Names) is not null)
        {
            return null;
        }

        foreach (string name in Names)
        {
            Node node = annotations[name];
            if (!ImageReference.TryParse(node.String, out ImageReference? image, out Digest? named, hostRequired: true) || image!.Tag is null)
            {
                continue;
            }

            if (named is not null && named != digest)
            {
                return node.Reject("the reference names another digest than the entry");
            }

            string host = RegistryHost.Canonical(items.Notification.Instance) ?? image.Registry;
            return new NormalisedItem.Observed(new RegistryFact
            {
                Image = image with { Registry = host },
                Repository = node,
                Tag = node,
                Digest = digest,
                DigestNode = entry["digest"],
                Kind = ManifestMediaTypes.KindOf(entry["mediaType"].Value ?? "") ?? DigestKind.Unknown,
                Time = entry["no time"],
                RecordPointer = entry.Pointer,
            }.ToObservation(host, items.NextLineage));
        }

        return null;
    }
}
