using System.Security.Cryptography;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// A Notary Project signature manifest (signature-specification.md, "Storage"): its subject is what was signed, its layer the
/// signature envelope, and its annotation the SHA-256 thumbprints of the certificate chain, leaf first.
/// </summary>
internal static class NotationManifest
{
    /// <summary>The artifact type; older manifests have it as the media type of their configuration.</summary>
    public const string ArtifactType = "application/vnd.cncf.notary.signature";

    /// <summary>The artifact type of the Notary Project's drafts.</summary>
    public const string DraftArtifactType = "application/vnd.cncf.notary.v2.signature";

    private const string Thumbprints = "io.cncf.notary.x509chain.thumbprint#S256";

    /// <summary>Whether a document is such a manifest.</summary>
    public static bool Is(Node document) =>
        document["artifactType"].String is ArtifactType or DraftArtifactType
        || document["config"]["mediaType"].String is ArtifactType or DraftArtifactType;

    /// <summary>The item that a manifest is; it must be the next of the notification.</summary>
    public static NormalisedItem Read(Node manifest, Items items)
    {
        Subject? subject = SignatureManifest.SubjectOf(manifest, out NormalisedItem? refusal);
        if (subject is null || manifest["annotations"].IsAmbiguous)
        {
            return refusal ?? manifest["subject"].Reject("a signature manifest needs one subject and one set of annotations");
        }

        (Node Node, string Value) id = SignatureManifest.IdOf(manifest);
        Node stated = manifest["annotations"][Thumbprints];
        var readings = new Readings();
        readings.Value(Field.SignatureEnvelopeId, id.Node, id.Value);
        ReadThumbprints(readings, stated);
        Node created = manifest["annotations"]["org.opencontainers.image.created"];
        return new NormalisedItem.Observed(new Observation
        {
            Record = new SourceRecord(
                Source.SignatureLedger, items.Notification.Instance ?? Envelope.Unlogged, RecordKind.LedgerEntry, id.Value),
            Revision = new Revision(null, null),
            Lineage = items.NextLineage,
            Subjects = [subject],
            Fields = readings.ToList(),
            SigningTime = Times.Read(created, TimeFormats.Rfc3339).Utc,
            MessageId = id.Value,
            RecordPointer = manifest.Pointer,
        });
    }

    private static void ReadThumbprints(Readings readings, Node stated)
    {
        if (!stated.HasValue)
        {
            return;
        }

        ReadThumbprints(readings, stated, stated.DecodeJson().Items);
    }

    /// <summary>Adds fingerprint and lineage of a chain, leaf first.</summary>
    /// <param name="readings">Where they go.</param>
    /// <param name="stated">The node that states the whole chain.</param>
    /// <param name="list">The thumbprints.</param>
    public static void ReadThumbprints(Readings readings, Node stated, IReadOnlyList<Node> list)
    {
        if (!stated.HasValue)
        {
            return;
        }

        if (list.Count == 0 || !list.All(t => t.String is { Length: 2 * SHA256.HashSizeInBytes } hex && hex.All(char.IsAsciiHexDigit)))
        {
            readings.Unreadable(Field.CertificateFingerprint, stated, "not a list of SHA-256 thumbprints in hex");
            return;
        }

        readings.Value(Field.CertificateFingerprint, list[0], list[0].Text!.ToLowerInvariant());
        if (list.Count > 1)
        {
            readings.Values(Field.CertificateLineage, stated, list.Skip(1).Select(t => "chain-sha256:" + t.Text!.ToLowerInvariant()));
        }
    }
}
