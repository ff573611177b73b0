using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// Reads a Sigstore bundle: one bundle is one ledger entry. The media type decides nothing, since the structure says all
/// that is read; a bundle of an unknown version is taken as long as it can be read. Signatures, proofs and times are
/// carried, never verified.
/// </summary>
internal static class BundleReader
{
    /// <summary>The item that a bundle is; it must be the next of the notification.</summary>
    public static NormalisedItem Read(Node bundle, Items items)
    {
        Node material = bundle["verificationMaterial"];
        List<LogEntry>? entries = ReadEntries(material["tlogEntries"], out NormalisedItem? refusal);
        Envelope? envelope = entries is null ? null : Envelope.Read(bundle, out refusal);
        if (envelope is null)
        {
            return refusal!;
        }

        LogEntry? first = entries!.Count > 0 ? entries[0] : null;
        string instance = items.Notification.Instance ?? first?.LogId ?? Envelope.Unlogged;
        string recordId = first?.RecordId ?? envelope.Id;
        IReadOnlyList<Subject>? subjects = envelope.Subjects(
            first, instance, recordId, out string? predicateType, out refusal);
        if (subjects is null)
        {
            return refusal!;
        }

        DateTimeOffset? time = first?.IntegratedTime ?? StampedTime(material["timestampVerificationData"]["rfc3161Timestamps"]);
        Signer signer = ReadSigner(bundle);
        return new NormalisedItem.Observed(new Observation
        {
            Record = new SourceRecord(Source.SignatureLedger, instance, RecordKind.LedgerEntry, recordId),
            Revision = new Revision(first?.Index, time),
            Lineage = items.NextLineage,
            Subjects = subjects,
            Fields = ReadFields(bundle, entries, envelope, signer),
            PredicateType = predicateType,
            SigningTime = time ?? signer.NotBefore,
            MessageId = first?.LeafHash is { } leaf ? $"{envelope.Id}/{leaf}" : envelope.Id,
            RecordPointer = bundle.Pointer,
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
        Node bundle, List<LogEntry> entries, Envelope envelope, Signer signer)
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

        Signer.Write(readings, Field.SignatureEnvelopeId, ids, bundle);
        signer.WriteTo(readings, bundle["verificationMaterial"]);
        Node whole = bundle.Sha256();
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
