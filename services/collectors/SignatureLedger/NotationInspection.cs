using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// What <c>notation inspect --output json</c> prints (notation, <c>specs/commandline/inspect.md</c>): the signatures of one image, each
/// with the digest of its manifest, so that it is the record which that manifest makes.
/// </summary>
internal static class NotationInspection
{
    /// <summary>Whether a document is such an output.</summary>
    public static bool Is(Node document) => document["signatures"].Kind == NodeKind.Array && !document["payload"].Exists && !document["signed"].Exists;

    /// <summary>Adds an item per signature.</summary>
    public static void Read(Node document, Items items)
    {
        if (document["signatures"].IsAmbiguous)
        {
            items.Reject(document["signatures"], "stated more than once");
            return;
        }

        foreach (Node signature in document["signatures"].Items)
        {
            items.Add(ReadSignature(signature, items));
        }

        if (items.Count == 0)
        {
            items.Add(new NormalisedItem.Irrelevant("an image without signatures"));
        }
    }

    private static NormalisedItem ReadSignature(Node signature, Items items)
    {
        Node manifest = signature["digest"];
        Node target = signature["signedArtifact"]["digest"];
        foreach (Node node in (ReadOnlySpan<Node>)[manifest, target])
        {
            if (!Digest.TryParse(node.String, out _) || node.IsAmbiguous)
            {
                return node.Reject("a signature needs the OCI digests of its manifest and of what was signed, each once");
            }
        }

        string id = "manifest:" + manifest.String;
        var readings = new Readings();
        readings.Value(Field.SignatureEnvelopeId, manifest, id);
        NotationManifest.ReadThumbprints(readings, signature["certificates"], [.. signature["certificates"].Items.Select(c => c["SHA256Fingerprint"])]);
        return new NormalisedItem.Observed(new Observation
        {
            Record = new SourceRecord(Source.SignatureLedger, items.Notification.Instance ?? Envelope.Unlogged, RecordKind.LedgerEntry, id),
            Revision = new Revision(null, null),
            Lineage = items.NextLineage,
            Subjects = [new Subject(null, Digest.Parse(target.String!), SignatureManifest.KindOf(signature["signedArtifact"]["mediaType"].String), target.Place)],
            Fields = readings.ToList(),
            SigningTime = Times.Read(signature["signedAttributes"]["signingTime"], TimeFormats.Rfc3339).Utc,
            MessageId = id,
            RecordPointer = signature.Pointer,
        });
    }
}
