using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// Sigstore bundles (protobuf-specs <c>sigstore_bundle.proto</c>, media types 0.1 to 0.3 in both spellings): one bundle
/// is one ledger entry. The media type decides nothing, since the structure says all that is read; a bundle of an
/// unknown version is taken as long as it can be read. Signatures, proofs and times are carried, never verified.
/// </summary>
public sealed class SigstoreBundleNormalizer : DocumentNormalizer
{
    /// <summary>The instance of bundles that no log has an entry of.</summary>
    public const string Unlogged = "unlogged";

    /// <inheritdoc/>
    public override Source Source => Source.SignatureLedger;

    /// <inheritdoc/>
    public override string Format => "sigstore-bundle";

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        Node bundle = document.Root;
        Node material = bundle["verificationMaterial"];
        List<LogEntry>? entries = ReadEntries(material["tlogEntries"], out NormalisedItem? refusal);
        Envelope? envelope = entries is null ? null : Envelope.Read(bundle, out refusal);
        if (envelope is null)
        {
            items.Add(refusal!);
            return;
        }

        LogEntry? first = entries!.Count > 0 ? entries[0] : null;
        string instance = items.Notification.Instance ?? first?.LogId ?? Unlogged;
        string recordId = first?.RecordId ?? envelope.Id;
        IReadOnlyList<Subject>? subjects = envelope.Subjects(
            first, instance, recordId, out string? predicateType, out refusal);
        if (subjects is null)
        {
            items.Add(refusal!);
            return;
        }

        DateTimeOffset? time = first?.IntegratedTime ?? StampedTime(material["timestampVerificationData"]["rfc3161Timestamps"]);
        Signer signer = ReadSigner(bundle);
        items.Add(new Observation
        {
            Record = new SourceRecord(Source, instance, RecordKind.LedgerEntry, recordId),
            Revision = new Revision(first?.Index, time),
            Lineage = items.NextLineage,
            Subjects = subjects,
            Fields = ReadFields(document, entries, envelope, signer),
            PredicateType = predicateType,
            SigningTime = time ?? signer.NotBefore,
            MessageId = first?.LeafHash is { } leaf ? $"{envelope.Id}/{leaf}" : envelope.Id,
        });
    }

    private static List<LogEntry>? ReadEntries(Node list, out NormalisedItem? refusal)
    {
        var entries = new List<LogEntry>();
        refusal = list.IsAmbiguous ? list.Reject("stated more than once") : null;
        foreach (Node node in list.Items)
        {
            LogEntry? entry = refusal is null ? LogEntry.ReadProtoJson(node, out refusal) : null;
            if (entry is null)
            {
                break;
            }

            entries.Add(entry);
        }

        // Bundlers list entries in any order; the record must be the same one whichever they choose.
        entries.Sort(LogEntry.Compare);
        return refusal is null ? entries : null;
    }

    private static IReadOnlyList<FieldReading> ReadFields(
        SourceDocument document, List<LogEntry> entries, Envelope envelope, Signer signer)
    {
        var readings = new Readings();
        var ids = new List<(Node Node, string Value)> { (envelope.IdNode, envelope.Id) };
        foreach (LogEntry entry in entries)
        {
            if (entry.Leaf is not null)
            {
                ids.Add((entry.Leaf, "rekor:" + entry.LeafHash));
            }

            // A log hashes the envelope as it was submitted, which need not be how the bundle spells it.
            if (RekorBody.Open(entry.Body, "", "", out _)?.EnvelopeHash is { } logged)
            {
                ids.Add(logged);
            }
        }

        Signer.Write(readings, Field.SignatureEnvelopeId, ids, document.Root);
        signer.WriteTo(readings, document.Root["verificationMaterial"]);
        Node whole = document.Body.Sha256();
        readings.Value(Field.AttestationBundle, whole, "sha256:" + whole.Text);
        if (entries.Count > 0)
        {
            readings.Time(Field.LedgerWriteTime, entries[0].IntegratedTimeNode, TimeFormats.EpochSeconds);
        }

        return readings.ToList();
    }

    private static Signer ReadSigner(Node bundle)
    {
        var signer = new Signer();
        Node material = bundle["verificationMaterial"];
        IReadOnlyList<Node> chain = material["x509CertificateChain"]["certificates"].Items;
        if (material["certificate"]["rawBytes"].Exists)
        {
            signer.Certificate(material["certificate"]["rawBytes"]);
        }
        else if (chain.Count > 0)
        {
            signer.Certificate(chain[0]["rawBytes"]);
        }
        else
        {
            signer.WithoutCertificate(material["x509CertificateChain"]["certificates"]);
        }

        foreach (Node further in chain.Skip(1))
        {
            signer.Ancestor(further["rawBytes"]);
        }

        signer.KeyId(material["publicKey"]["hint"]);
        if (!signer.HasKeyId)
        {
            foreach (Node signature in bundle["dsseEnvelope"]["signatures"].Items)
            {
                signer.KeyId(signature["keyid"]);
            }
        }

        return signer;
    }

    /// <summary>The earliest time that a time-stamp authority states: the signature existed by then.</summary>
    private static DateTimeOffset? StampedTime(Node timestamps)
    {
        DateTimeOffset? earliest = null;
        foreach (Node timestamp in timestamps.Items)
        {
            Node token = timestamp["signedTimestamp"].DecodeBase64();
            if (TimestampToken.TryReadTime(token.Bytes, out DateTimeOffset time) && (earliest is null || time < earliest))
            {
                earliest = time;
            }
        }

        return earliest;
    }
}
