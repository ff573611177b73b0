using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>Makes one item of one log entry, in whichever spelling and wrapping it came.</summary>
internal static class LogEntryReader
{
    /// <summary>The item that a checkpoint or a log's size is.</summary>
    public static readonly NormalisedItem LogState = new NormalisedItem.Irrelevant("the state of a log, and none of its entries");

    /// <summary>A canonicalised body on its own: no log, index or time goes with it.</summary>
    public static NormalisedItem ReadBareBody(Node node, Items items)
    {
        string instance = items.Notification.Instance ?? Envelope.Unlogged;
        string asStated = "sha256:" + node.Sha256().Text;
        RekorBody? body = RekorBody.Open(node, instance, asStated, out NormalisedItem? refusal);
        string target = body is null ? asStated : body.EnvelopeHash?.Value ?? body.DataHash(out _, out _)?.Text ?? asStated;
        return refusal ?? new NormalisedItem.Hint(
            "the body of an entry alone: it says neither which log holds it, nor where, nor since when", instance, target);
    }

    /// <summary>What cosign keeps of an entry: <c>{SignedEntryTimestamp, Payload{body, integratedTime, logIndex, logID}}</c>.</summary>
    public static NormalisedItem ReadAnswer(Node answer, Items items) =>
        LogEntry.ReadRekorV1(answer["Payload"], null, out NormalisedItem? refusal) is { } entry ? Read(entry, items) : refusal!;

    /// <summary>The item that an entry is; it must be the next of the notification.</summary>
    public static NormalisedItem Read(LogEntry entry, Items items)
    {
        string instance = items.Notification.Instance ?? entry.LogId;
        if (entry.RecordId is not { } recordId)
        {
            return entry.Node.Reject("the entry carries no body: without it nothing says what was signed");
        }

        RekorBody? body = RekorBody.Open(entry.Body, instance, recordId, out NormalisedItem? refusal);
        if (body is null)
        {
            return refusal!;
        }

        var ids = new List<(Node Node, string Value)> { (entry.Leaf!, "rekor:" + entry.LeafHash) };
        IReadOnlyList<Subject>? subjects = body.IsHashed
            ? HashSubject(body, ids, out refusal)
            : StatementSubjects(entry, body, ids, instance, out refusal);
        return subjects is null ? refusal! : Observe(entry, body, ids, subjects, instance, items);
    }

    private static NormalisedItem.Observed Observe(
        LogEntry entry, RekorBody body, List<(Node Node, string Value)> ids, IReadOnlyList<Subject> subjects, string instance, Items items)
    {
        Signer signer = body.Signers();
        var readings = new Readings();
        Signer.Write(readings, Field.SignatureEnvelopeId, ids, entry.Node);
        signer.WriteTo(readings, body.Container);
        readings.Time(Field.LedgerWriteTime, entry.IntegratedTimeNode, TimeFormats.EpochSeconds);
        return new NormalisedItem.Observed(new Observation
        {
            Record = new SourceRecord(Source.SignatureLedger, instance, RecordKind.LedgerEntry, entry.RecordId!),
            Revision = new Revision(entry.Index, entry.IntegratedTime),
            Lineage = items.NextLineage,
            Subjects = subjects,
            Fields = readings.ToList(),
            PredicateType = Attestation(entry)?["predicateType"].String,
            SigningTime = entry.IntegratedTime ?? signer.NotBefore,
            MessageId = entry.LeafHash,
            RecordPointer = entry.Node.Pointer,
        });
    }

    /// <summary>
    /// The hash that was signed. For a cosign image signature it is the hash of the signed payload and not the image's
    /// digest: it names no image, and binds only where something else anchors that very digest.
    /// </summary>
    private static IReadOnlyList<Subject>? HashSubject(
        RekorBody body, List<(Node Node, string Value)> ids, out NormalisedItem? refusal)
    {
        Digest? digest = body.DataHash(out Node place, out bool foreign);
        refusal = place.IsAmbiguous ? place.Reject("stated more than once")
            : digest is not null ? null
            : foreign ? new NormalisedItem.Irrelevant("the signed hash is of another algorithm than OCI content")
            : place.Reject("not a sha256, sha384 or sha512 digest of the right length");
        if (refusal is not null)
        {
            return null;
        }

        if (Envelope.SignatureId(body.Signature) is { } signature)
        {
            ids.Add(signature);
        }

        return [new Subject(null, digest, DigestKind.Unknown, place.Place)];
    }

    private static IReadOnlyList<Subject>? StatementSubjects(
        LogEntry entry, RekorBody body, List<(Node Node, string Value)> ids, string instance, out NormalisedItem? refusal)
    {
        if (body.EnvelopeHash is { } hash)
        {
            ids.Add(hash);
        }

        Node? statement = Attestation(entry);
        if (statement is null)
        {
            refusal = new NormalisedItem.Hint(
                "the entry hashes an envelope that it doesn't carry: the envelope alone says which digest it is about",
                instance, entry.RecordId!);
            return null;
        }

        if (!InTotoStatement.IsStatement(statement))
        {
            refusal = statement.Failure ?? statement.Reject("the stored attestation is no in-toto statement");
            return null;
        }

        return InTotoStatement.Read(statement, instance, entry.RecordId!, out refusal)?.Subjects;
    }

    /// <summary>The statement that the log stored beside an intoto entry: bare, or still in its envelope. Null without one.</summary>
    private static Node? Attestation(LogEntry entry)
    {
        Node data = entry.Node["attestation"]["data"];
        if (!data.HasValue)
        {
            return null;
        }

        Node document = data.DecodeBase64Json();
        return document["payload"].HasValue && !InTotoStatement.IsStatement(document)
            ? document["payload"].DecodeBase64Json()
            : document;
    }
}
