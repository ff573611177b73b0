using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Formats;

/// <summary>
/// <c>notation</c>: signatures of the Notary Project (notaryproject/specifications): signature manifests, envelopes in JWS
/// (signature-envelope-jws.md), and what <c>notation inspect</c> prints. Envelopes in COSE are bytes that aren't read; their manifests are.
/// </summary>
public sealed class NotationNormalizer : DocumentNormalizer
{
    private const string SigningTime = "io.cncf.notary.signingTime";
    private const string AuthenticSigningTime = "io.cncf.notary.authenticSigningTime";

    // RFC 9052 section 2: the tag of COSE_Sign1, and an array of four.
    private static readonly byte[] CoseSign1 = [0xd2, 0x84];

    /// <inheritdoc/>
    public override Source Source => Source.SignatureLedger;

    /// <inheritdoc/>
    public override string Format => "notation";

    /// <inheritdoc/>
    public override int MappingVersion => 2;

    /// <inheritdoc/>
    protected override bool ReadsUnparsed(SourceDocument document) => document.Body.Bytes.Span.StartsWith(CoseSign1);

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        Node root = document.Root;
        string instance = items.Notification.Instance ?? Envelope.Unlogged;
        if (document.Failure is not null)
        {
            items.Add(new NormalisedItem.Hint(
                "a COSE envelope: only its signature manifest is read", instance, "sha256:" + document.Body.Sha256().Text));
        }
        else if (root["protected"].Exists)
        {
            items.Add(ReadEnvelope(root, instance, items));
        }
        else if (root["targetArtifact"].Exists)
        {
            items.Add(ReadPayload(root, instance));
        }
        else if (root["io.cncf.notary.signingScheme"].Exists || root["x5c"].Exists)
        {
            items.Add(new NormalisedItem.Irrelevant("an envelope's header alone, protected or not: it names no artifact"));
        }
        else if (NotationManifest.Is(root))
        {
            items.Add(NotationManifest.Read(root, items));
        }
        else if (NotationInspection.Is(root))
        {
            NotationInspection.Read(root, items);
        }
        else if (root["manifests"].Kind == NodeKind.Array || root["layers"].Kind == NodeKind.Array)
        {
            items.Add(new NormalisedItem.Irrelevant("a manifest or index that is no signature of the Notary Project"));
        }
        else
        {
            items.Reject(root, "neither a signature manifest nor a JWS envelope (payload, protected, header, signature)");
        }
    }

    private static NormalisedItem ReadPayload(Node payload, string instance) =>
        TargetOf(payload, out NormalisedItem? refusal) is { } subject
            ? new NormalisedItem.Hint(
                "a payload without its signature: it says what a signature is about, and not that there is one", instance, subject.Digest!.Value.Text)
            : refusal!;

    private static Subject? TargetOf(Node payload, out NormalisedItem? refusal)
    {
        Node stated = payload["targetArtifact"]["digest"];
        bool readable = Digest.TryParse(stated.String, out Digest digest) && !stated.IsAmbiguous;
        refusal = readable ? null : payload.Failure ?? stated.Reject("targetArtifact.digest must be one OCI digest: it says what was signed");
        return readable ? new Subject(null, digest, DigestKind.Unknown, stated.Place) : null;
    }

    private static NormalisedItem ReadEnvelope(Node root, string instance, Items items)
    {
        Node header = root["protected"].DecodeBase64Json();
        Node payload = root["payload"].DecodeBase64Json();
        if (root["payload"].IsAmbiguous || root["protected"].IsAmbiguous || root["signature"].IsAmbiguous)
        {
            return root.Reject("payload, protected or signature is stated more than once");
        }

        if (header.Failure is { } broken)
        {
            return broken;
        }

        if (Envelope.SignatureId(root["signature"]) is not { } id)
        {
            return root["signature"].Reject("the signature must be stated in base64: the envelope is known by it");
        }

        if (TargetOf(payload, out NormalisedItem? refusal) is not { } subject)
        {
            return refusal!;
        }

        var signer = new Signer();
        IReadOnlyList<Node> chain = root["header"]["x5c"].Items;
        if (chain.Count > 0)
        {
            signer.Certificate(chain[0]);
        }
        else
        {
            signer.WithoutCertificate(root["header"]["x5c"]);
        }

        foreach (Node further in chain.Skip(1))
        {
            signer.Ancestor(further);
        }

        // Only an authority's own time stamp, or the signing authority's time, is more than the signer's claim.
        Node stated = root["header"]["io.cncf.notary.timestampSignature"];
        Node stamp = (stated.Exists ? stated : root["header"]["io.cncf.notary.timestamp"]).DecodeBase64();
        DateTimeOffset? time = TimestampToken.TryReadTime(stamp.Bytes, out DateTimeOffset stamped)
            ? stamped
            : Times.Read(header[AuthenticSigningTime], TimeFormats.Rfc3339).Utc;
        var readings = new Readings();
        readings.Value(Field.SignatureEnvelopeId, id.Node, id.Value);
        signer.WriteTo(readings, root["header"]);
        Node whole = root.Sha256();
        readings.Value(Field.AttestationBundle, whole, "sha256:" + whole.Text);
        return new NormalisedItem.Observed(new Observation
        {
            Record = new SourceRecord(Source.SignatureLedger, instance, RecordKind.LedgerEntry, id.Value),
            Revision = new Revision(null, time),
            Lineage = items.NextLineage,
            Subjects = [subject],
            Fields = readings.ToList(),
            SigningTime = time ?? Times.Read(header[SigningTime], TimeFormats.Rfc3339).Utc ?? signer.NotBefore,
            MessageId = id.Value,
            RecordPointer = root.Pointer,
        });
    }
}
