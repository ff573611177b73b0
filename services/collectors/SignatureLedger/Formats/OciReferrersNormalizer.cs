using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Formats;

/// <summary>
/// <c>oci-referrers</c>: how registries keep signatures (OCI distribution-spec "Listing Referrers", cosign and Notary Project
/// specifications): the list of referrers of a manifest, or of the fallback tag, and the manifests of signatures and
/// attestations; under the name <c>oci-layout</c> also the blobs of an image layout that cosign saved. Configuration and
/// layers of images are irrelevant.
/// </summary>
/// <param name="format">The name under which it is registered.</param>
public sealed class OciReferrersNormalizer(string format = "oci-referrers") : DocumentNormalizer
{
    // What "cosign save" says of the entries of a layout's index.
    private static readonly string[] SavedSignatures = ["dev.cosignproject.cosign/sigs", "dev.cosignproject.cosign/atts"];

    /// <inheritdoc/>
    public override Source Source => Source.SignatureLedger;

    /// <inheritdoc/>
    public override string Format { get; } = format;

    /// <inheritdoc/>
    public override int MappingVersion => 3;

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonLines;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        foreach (Node node in document.Readable(items))
        {
            ReadDocument(node, items);
        }
    }

    private static void ReadDocument(Node node, Items items)
    {
        Node manifests = node["manifests"];
        if (manifests.IsAmbiguous || node["layers"].IsAmbiguous || node["artifactType"].IsAmbiguous)
        {
            items.Reject(node, "manifests, layers or artifactType is stated more than once");
        }
        else if (manifests.Exists)
        {
            ReadIndex(manifests, items);
        }
        else if (NotationManifest.Is(node))
        {
            items.Add(NotationManifest.Read(node, items));
        }
        else if (node["layers"].Exists || node["blobs"].Exists)
        {
            SignatureManifest.Read(node, items);
        }
        else if (node["imageLayoutVersion"].Exists || node["rootfs"].Exists || node["schemaVersion"].Exists)
        {
            items.Add(new NormalisedItem.Irrelevant("a document of an image without signatures"));
        }
        else if (SimpleSigningPayload.Is(node))
        {
            CosignSimpleSigningNormalizer.ReadPayload(node, items);
        }
        else
        {
            AttestationReader.Read(node, items);
        }
    }

    private static void ReadIndex(Node manifests, Items items)
    {
        if (manifests.Items.Count == 0)
        {
            items.Add(new NormalisedItem.Irrelevant("an index without manifests: nothing refers to what was asked for"));
        }

        foreach (Node descriptor in manifests.Items)
        {
            items.Add(ReadDescriptor(descriptor, items));
        }
    }

    private static NormalisedItem ReadDescriptor(Node descriptor, Items items)
    {
        Node annotations = descriptor["annotations"];
        string? type = descriptor["artifactType"].Value;
        return !Digest.TryParse(descriptor["digest"].String, out Digest digest) || descriptor["digest"].IsAmbiguous
                ? descriptor["digest"].Reject("a descriptor needs one OCI digest")
            : SignatureManifest.IsSignature(type) || SavedSignatures.Contains(annotations["kind"].String)
                ? new NormalisedItem.Hint(
                    "a signature is listed: its manifest says what it is about",
                    items.Notification.Instance ?? Envelope.Unlogged, digest.Text)
            : annotations["vnd.docker.reference.type"].Value is not null
                ? new NormalisedItem.Irrelevant("an attestation of the builder's, signed by nobody")
            : new NormalisedItem.Irrelevant("a manifest that is no signature");
    }
}
