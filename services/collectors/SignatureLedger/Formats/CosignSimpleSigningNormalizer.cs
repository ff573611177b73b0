using System.Security.Cryptography;
using System.Text;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Formats;

/// <summary>
/// <c>cosign-simplesigning</c>: cosign image signatures (cosign SIGNATURE_SPEC.md) as <c>cosign download signature</c> prints
/// them (payload, signature, certificate, log entry), as <c>cosign verify -o json</c> does, the <c>dev.sigstore.cosign/bundle</c>
/// annotation alone, and payloads alone: <c>cosign generate</c> writes them before anybody has signed, so that each only ties what
/// is signed under its hash to the image, and asks for that.
/// </summary>
public sealed class CosignSimpleSigningNormalizer : DocumentNormalizer
{
    // What "cosign verify" adds to the payload's own annotations of a signature with a certificate.
    private const string Identity = "Subject";
    private const string Issuer = "Issuer";

    /// <inheritdoc/>
    public override Source Source => Source.SignatureLedger;

    /// <inheritdoc/>
    public override string Format => "cosign-simplesigning";

    /// <inheritdoc/>
    public override int MappingVersion => 3;

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonLines;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        foreach (Node node in document.Readable(items).SelectMany(d => d.Kind == NodeKind.Array ? d.Items : [d]))
        {
            if (node["Base64Signature"].Exists)
            {
                items.Add(ReadDownloaded(node, items));
            }
            else if (SimpleSigningPayload.Is(node))
            {
                ReadPayload(node, items);
            }
            else if (node["Payload"].Kind == NodeKind.Object || node["rekorBundle"].Exists)
            {
                // The annotation alone, or what "cosign sign-blob --bundle" wrote before there were Sigstore bundles.
                items.Add(LogEntryReader.ReadAnswer(node["rekorBundle"].Exists ? node["rekorBundle"] : node, items));
            }
            else
            {
                AttestationReader.Read(node, items);
            }
        }
    }

    /// <summary>cosign's <c>SignedPayload</c>: Go writes its certificates as objects that have the DER in <c>Raw</c>.</summary>
    private static NormalisedItem ReadDownloaded(Node node, Items items)
    {
        Node payload = node["Payload"];
        Node bytes = payload.DecodeBase64();
        SimpleSigningPayload? read = SimpleSigningPayload.Read(payload.DecodeBase64Json(), out NormalisedItem? refusal);
        if (payload.IsAmbiguous || node["Base64Signature"].IsAmbiguous || node["Bundle"].IsAmbiguous || read is null)
        {
            return payload.DecodeBase64Json().Failure
                ?? (read is null ? refusal! : node.Reject("payload, signature or bundle is stated more than once"));
        }

        Node certificate = node["Cert"].Kind == NodeKind.Object ? node["Cert"]["Raw"] : node["Cert"];
        return new CosignSignature
        {
            Node = node,
            Signature = node["Base64Signature"],
            PayloadDigest = Digest.TryParse("sha256", bytes.Sha256().Text, out Digest hash) ? hash : null,
            Subject = read.Subject,
            IsPayloadAtHand = true,
            Certificate = certificate,
            Chain = node["Chain"],
            Bundle = node["Bundle"],
            Timestamp = node["RFC3161Timestamp"]["SignedRFC3161Timestamp"],
        }.Read(items, read.Target);
    }

    /// <summary>Adds the items of a payload, with or without what "cosign verify" adds.</summary>
    internal static void ReadPayload(Node node, Items items)
    {
        NormalisedItem? refusal = null;
        Node bundle = node["optional"]["Bundle"];
        LogEntry? entry = null;
        if (SimpleSigningPayload.Read(node, out refusal) is not { } payload
            || (bundle.HasValue && (entry = LogEntry.ReadRekorV1(bundle["Payload"], null, out refusal)) is null))
        {
            items.Add(refusal!);
            return;
        }

        entry = entry is not null && RekorBody.PayloadHash(entry.Body) == AsSigned(payload, node) ? entry : null;
        if (entry is not null || node["optional"][Identity].HasValue)
        {
            items.Add(Verified(node, payload, entry, items));
            return;
        }

        // With a bundle in it it is no payload as anybody signed it.
        IReadOnlyList<Digest> signed = bundle.HasValue ? [] : HashesOf(node, items);
        if (signed.Count > 0 && payload.ToRecord(signed, node, items) is { } record)
        {
            items.Add(record);
        }

        items.Add(new NormalisedItem.Hint(
            "a payload without its signature: it says what a signature is about, and not that there is one",
            items.Notification.Instance ?? Envelope.Unlogged, signed.Count > 0 ? signed[0].Text : payload.Target));
    }

    /// <summary>The hash of the payload's bytes; of a file also without the line break that tools write behind it.</summary>
    private static IReadOnlyList<Digest> HashesOf(Node node, Items items)
    {
        Digest whole = Digest.Parse("sha256:" + node.Sha256().Text);
        bool isFile = node.Pointer.Length == 0 && node.Place.Decode.Count == 0;
        byte[] text = SHA256.HashData(items.Notification.Body.Span.Trim(" \t\r\n"u8));
        return isFile ? [.. new[] { whole, Digest.Parse("sha256:" + Convert.ToHexStringLower(text)) }.Distinct()] : [whole];
    }

    /// <summary>
    /// The hash of the payload that cosign signs for this image and reference where it was given no annotations. A log entry
    /// that "cosign verify" prints is this payload's if it is about that hash, and else nothing shows whose it is.
    /// </summary>
    private static Digest? AsSigned(SimpleSigningPayload payload, Node node)
    {
        string text = $$$"""{"critical":{"identity":{"docker-reference":"{{{node["critical"]["identity"]["docker-reference"].Text}}}"},"image":{"docker-manifest-digest":"{{{payload.Digest}}}"},"type":"{{{node["critical"]["type"].Text}}}"},"optional":null}""";
        return Digest.TryParse("sha256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), out Digest hash) ? hash : null;
    }

    /// <summary>
    /// One signature that "cosign verify" found. It prints the payload with additions and without the signature, so that only its
    /// log entry has an id that others know.
    /// </summary>
    private static NormalisedItem.Observed Verified(Node node, SimpleSigningPayload payload, LogEntry? entry, Items items)
    {
        Node optional = node["optional"];
        Node whole = node.Sha256();
        var readings = new Readings();
        if (entry is not null)
        {
            readings.Value(Field.SignatureEnvelopeId, entry.Leaf!, "rekor:" + entry.LeafHash);
            readings.Time(Field.LedgerWriteTime, entry.IntegratedTimeNode, TimeFormats.EpochSeconds);
        }

        readings.Text(Field.SignerIdentity, optional[Identity]);
        if (optional[Issuer].Value is { } issuer)
        {
            readings.Value(Field.CertificateLineage, optional[Issuer], "oidc-issuer:" + issuer);
        }

        return new NormalisedItem.Observed(new Observation
        {
            Record = new SourceRecord(
                Source.SignatureLedger, items.Notification.Instance ?? entry?.LogId ?? Envelope.Unlogged, RecordKind.LedgerEntry,
                entry?.RecordId ?? "verified-sha256:" + whole.Text),
            Revision = new Revision(entry?.Index, entry?.IntegratedTime),
            Lineage = items.NextLineage,
            Subjects = [payload.Subject],
            Fields = readings.ToList(),
            SigningTime = entry?.IntegratedTime,
            MessageId = entry?.LeafHash ?? whole.Text,
            RecordPointer = node.Pointer,
        });
    }
}
