using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// One signature as cosign keeps it (SIGNATURE_SPEC.md): over the bytes of a payload, with a certificate and what the log
/// answered beside it. The log's entry hashes the payload and not the image. It is about an image only where that hash is the
/// hash of a payload that is at hand and names the image.
/// </summary>
internal sealed record CosignSignature
{
    /// <summary>The node that holds it all.</summary>
    public required Node Node { get; init; }

    /// <summary>The signature, base64.</summary>
    public required Node Signature { get; init; }

    /// <summary>SHA-256 of the payload's bytes; null where they aren't at hand.</summary>
    public required Digest? PayloadDigest { get; init; }

    /// <summary>What the signature is about; null where nothing at hand says it.</summary>
    public required Subject? Subject { get; init; }

    /// <summary>Whether the subject is what the payload's own bytes name, and not only what the manifest says.</summary>
    public bool IsPayloadAtHand { get; init; }

    /// <summary>The certificate and its chain, PEM or DER in base64.</summary>
    public required Node Certificate { get; init; }

    /// <summary>Further certificates.</summary>
    public required Node Chain { get; init; }

    /// <summary>What the log answered: <c>{SignedEntryTimestamp, Payload{body, integratedTime, logIndex, logID}}</c>.</summary>
    public required Node Bundle { get; init; }

    /// <summary>An RFC 3161 response, base64.</summary>
    public required Node Timestamp { get; init; }

    /// <summary>Further envelope ids: the manifest that carries the signature.</summary>
    public (Node Node, string Value)? ManifestId { get; init; }

    /// <summary>The item that it makes; it must be the next of the notification.</summary>
    /// <param name="items">The items so far.</param>
    /// <param name="target">What to ask for, where nothing says which image it is about.</param>
    public NormalisedItem Read(Items items, string target)
    {
        LogEntry? entry = null;
        if (Bundle.HasValue)
        {
            entry = LogEntry.ReadRekorV1(Bundle["Payload"], null, out NormalisedItem? refusal);
            if (entry is null)
            {
                return refusal!;
            }
        }

        if (entry is not null && Subject is null)
        {
            return LogEntryReader.Read(entry, items);
        }

        string instance = items.Notification.Instance ?? entry?.LogId ?? Envelope.Unlogged;
        if (Subject is null)
        {
            return new NormalisedItem.Hint(
                "a signature about a payload that isn't at hand: the payload alone says which image it is about", instance, target);
        }

        if (entry is not null && RekorBody.PayloadHash(entry.Body) != PayloadDigest)
        {
            return Bundle.Reject("the log's entry is not about the signed payload: it links to no image");
        }

        return Envelope.SignatureId(Signature) is { } id
            ? Observe(entry, id, instance, items)
            : Signature.Reject("the signature must be stated in base64: it is known by it");
    }

    private NormalisedItem.Observed Observe(LogEntry? entry, (Node Node, string Value) id, string instance, Items items)
    {
        var ids = new List<(Node Node, string Value)> { id };
        if (entry is not null)
        {
            ids.Add((entry.Leaf!, "rekor:" + entry.LeafHash));
        }

        if (ManifestId is { } manifest)
        {
            ids.Add(manifest);
        }

        var signer = new Signer();
        if (Certificate.HasValue)
        {
            signer.Certificate(Certificate);
        }
        else if (entry is not null && RekorBody.Open(entry.Body, instance, entry.RecordId!, out _) is { } body)
        {
            signer = body.Signers();
        }

        foreach (Node further in Chain.Kind == NodeKind.Array ? Chain.Items : Chain.HasValue ? [Chain] : [])
        {
            signer.Ancestor(further.Kind == NodeKind.Object ? further["Raw"] : further);
        }

        DateTimeOffset? time = entry?.IntegratedTime
            ?? (TimestampToken.TryReadTime(Timestamp.DecodeBase64().Bytes, out DateTimeOffset stamped) ? stamped : null);
        var readings = new Readings();
        Signer.Write(readings, Field.SignatureEnvelopeId, ids, Node);
        signer.WriteTo(readings, Node);
        if (entry is not null)
        {
            readings.Time(Field.LedgerWriteTime, entry.IntegratedTimeNode, TimeFormats.EpochSeconds);
        }

        return new NormalisedItem.Observed(new Observation
        {
            Record = new SourceRecord(Source.SignatureLedger, instance, RecordKind.LedgerEntry, entry?.RecordId ?? id.Value),
            Revision = new Revision(entry?.Index, time),
            Lineage = items.NextLineage,
            Subjects = [Subject!],
            Children = IsPayloadAtHand && PayloadDigest is { } payload ? [payload] : [],
            Fields = readings.ToList(),
            SigningTime = time ?? signer.NotBefore,
            MessageId = entry?.LeafHash is { } leaf ? $"{id.Value}/{leaf}" : id.Value,
            RecordPointer = Node.Pointer,
        });
    }
}
