using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// A manifest that carries signatures (OCI image-spec manifest.md, "subject"; cosign SIGNATURE_SPEC.md and BUNDLE_SPEC.md):
/// one item per signed layer. Its subject says which manifest it is about; cosign's older manifests have none, since the
/// tag names it, and then only a payload that is embedded in its descriptor does.
/// </summary>
internal static class SignatureManifest
{
    /// <summary>The media type of DSSE envelopes as layers.</summary>
    private const string DsseMediaType = "application/vnd.dsse.envelope.v1+json";

    private const string BundleMediaType = "application/vnd.dev.sigstore.bundle";

    /// <summary>Whether something of this media or artifact type is a signature or a signed attestation.</summary>
    public static bool IsSignature(string? type) =>
        type is not null
        && (type.StartsWith(BundleMediaType, StringComparison.Ordinal)
            || type.StartsWith("application/vnd.dev.cosign.artifact.sig.", StringComparison.Ordinal)
            || type.StartsWith("application/vnd.dev.cosign.simplesigning.", StringComparison.Ordinal)
            || type is DsseMediaType or "application/vnd.in-toto.bundle" or NotationManifest.ArtifactType or NotationManifest.DraftArtifactType);

    /// <summary>The id of a manifest: the digest of its bytes.</summary>
    public static (Node Node, string Value) IdOf(Node manifest)
    {
        Node hash = manifest.Sha256();
        return (hash, "manifest:sha256:" + hash.Text);
    }

    /// <summary>The subject of a manifest; null where it has none, or with a rejected item where its digest is malformed.</summary>
    public static Subject? SubjectOf(Node manifest, out NormalisedItem? refusal)
    {
        Node stated = manifest["subject"]["digest"];
        refusal = null;
        if (!manifest["subject"].HasValue)
        {
            return null;
        }

        bool readable = Digest.TryParse(stated.String, out Digest digest) && !stated.IsAmbiguous;
        refusal = readable ? null : stated.Reject("the subject's digest must be one OCI digest: it says what was signed");
        return readable ? new Subject(null, digest, KindOf(manifest["subject"]["mediaType"].String), stated.Place) : null;
    }

    /// <summary>Adds the items of a manifest.</summary>
    public static void Read(Node manifest, Items items)
    {
        Subject? subject = SubjectOf(manifest, out NormalisedItem? refusal);
        if (refusal is not null)
        {
            items.Add(refusal);
            return;
        }

        int before = items.Count;
        foreach (Node layer in manifest["layers"].Items.Concat(manifest["blobs"].Items))
        {
            switch (layer["mediaType"].String)
            {
                case SimpleSigningPayload.MediaType:
                    items.Add(ReadSimpleSigning(manifest, layer, subject, items));
                    break;
                case { } type when IsSignature(type):
                    items.Add(ReadAttestation(manifest, layer, subject, items));
                    break;
            }
        }

        if (items.Count == before)
        {
            items.Add(new NormalisedItem.Irrelevant("a manifest without signatures"));
        }
    }

    /// <summary>What a subject of this media type is.</summary>
    public static DigestKind KindOf(string? mediaType) => mediaType switch
    {
        "application/vnd.oci.image.index.v1+json" or "application/vnd.docker.distribution.manifest.list.v2+json" => DigestKind.Index,
        "application/vnd.oci.image.manifest.v1+json" or "application/vnd.docker.distribution.manifest.v2+json" => DigestKind.Manifest,
        _ => DigestKind.Unknown,
    };

    private static NormalisedItem ReadSimpleSigning(Node manifest, Node layer, Subject? subject, Items items)
    {
        if (!Digest.TryParse(layer["digest"].String, out Digest layerDigest) || layer["digest"].IsAmbiguous || layer["annotations"].IsAmbiguous)
        {
            return layer["digest"].Reject("a layer needs one OCI digest and one set of annotations");
        }

        Node annotations = layer["annotations"];
        bool embedded = layer["data"].HasValue;
        if (embedded)
        {
            Node bytes = layer["data"].DecodeBase64();
            SimpleSigningPayload? payload = SimpleSigningPayload.Read(layer["data"].DecodeBase64Json(), out NormalisedItem? refusal);
            refusal = bytes.Failure ?? layer["data"].DecodeBase64Json().Failure ?? refusal;
            if (payload is null || "sha256:" + bytes.Sha256().Text != layerDigest.Text || (subject is not null && subject.Digest != payload.Digest))
            {
                return refusal ?? layer["data"].Reject("embedded content, layer digest and subject must agree on what was signed");
            }

            subject = payload.Subject;
        }

        Node bundle = annotations["dev.sigstore.cosign/bundle"];
        Node stamp = annotations["dev.sigstore.cosign/rfc3161timestamp"];
        return bundle.HasValue && bundle.DecodeJson().Failure is { } broken ? broken : new CosignSignature
        {
            Node = layer,
            Signature = annotations["dev.cosignproject.cosign/signature"],
            PayloadDigest = layerDigest,
            Subject = subject,
            IsPayloadAtHand = embedded,
            Certificate = annotations["dev.sigstore.cosign/certificate"],
            Chain = annotations["dev.sigstore.cosign/chain"],
            Bundle = bundle.HasValue ? bundle.DecodeJson() : bundle,
            Timestamp = stamp.DecodeJson()["SignedRFC3161Timestamp"],
            ManifestId = IdOf(manifest),
        }.Read(items, "payload " + layerDigest);
    }

    /// <summary>
    /// A layer that is a bundle or an envelope. What it says stands in the blob; the manifest says about which manifest, of
    /// which predicate, and, as a claim, when.
    /// </summary>
    private static NormalisedItem ReadAttestation(Node manifest, Node layer, Subject? subject, Items items)
    {
        if (!Digest.TryParse(layer["digest"].String, out Digest blob) || layer["digest"].IsAmbiguous)
        {
            return layer["digest"].Reject("not an OCI digest");
        }

        string instance = items.Notification.Instance ?? Envelope.Unlogged;
        if (subject is null)
        {
            return new NormalisedItem.Hint(
                "a signed attestation that the manifest doesn't carry: the attestation alone says what it is about", instance, blob.Text);
        }

        (Node Node, string Value) id = IdOf(manifest);
        var ids = new List<(Node Node, string Value)> { id };
        if (layer["mediaType"].String == DsseMediaType && blob.Text.StartsWith("sha256:", StringComparison.Ordinal))
        {
            ids.Add((layer["digest"], "dsse-" + blob.Text));
        }

        var readings = new Readings();
        Signer.Write(readings, Field.SignatureEnvelopeId, ids, manifest);
        readings.Value(Field.AttestationBundle, layer["digest"], blob.Text);
        Node created = manifest["annotations"]["org.opencontainers.image.created"];
        Node predicate = manifest["annotations"]["dev.sigstore.bundle.predicateType"];
        return new NormalisedItem.Observed(new Observation
        {
            Record = new SourceRecord(Source.SignatureLedger, instance, RecordKind.LedgerEntry, $"{id.Value}/{blob}"),
            Revision = new Revision(null, null),
            Lineage = items.NextLineage,
            Subjects = [subject],
            Fields = readings.ToList(),
            PredicateType = predicate.Value ?? layer["annotations"]["predicateType"].Value,
            SigningTime = Times.Read(created, TimeFormats.Rfc3339).Utc,
            MessageId = id.Value,
            RecordPointer = layer.Pointer,
        });
    }
}
