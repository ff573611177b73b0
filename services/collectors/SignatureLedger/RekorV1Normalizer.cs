using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// Entries of a Rekor v1 log (openapi.yaml, <c>LogEntry</c>), in every shape in which they travel: the API's response
/// (an object from uuid to entry, or an array of such objects), a bare entry, a
/// <c>dev.sigstore.rekor.events.v1.NewEntry</c> CloudEvent whose data is a <c>TransparencyLogEntry</c> in a JSON string,
/// alone, in a batch or wrapped by Pub/Sub. One item per entry.
/// </summary>
public sealed class RekorV1Normalizer : DocumentNormalizer
{
    /// <summary>The CloudEvents type of a new entry.</summary>
    public const string NewEntryType = "dev.sigstore.rekor.events.v1.NewEntry";

    // A Pub/Sub message, in it an array, in it an event, in it a string, in it an entry.
    private const int MaxWrappers = 5;

    /// <inheritdoc/>
    public override Source Source => Source.SignatureLedger;

    /// <inheritdoc/>
    public override string Format => "rekor-v1";

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items) => Unwrap(document.Root, items, MaxWrappers);

    private void Unwrap(Node node, Items items, int wrappers)
    {
        if (node.Failure is not null || node.IsAmbiguous || wrappers == 0)
        {
            items.Add(node.Failure ?? node.Reject(
                node.IsAmbiguous ? "stated more than once" : "entries are wrapped in more layers than any sender uses"));
        }
        else if (node.Kind == NodeKind.Array)
        {
            foreach (Node item in node.Items)
            {
                Unwrap(item, items, wrappers - 1);
            }
        }
        else if (node.Kind == NodeKind.String)
        {
            Unwrap(node.DecodeJson(), items, wrappers - 1);
        }
        else if (node["specversion"].Exists)
        {
            UnwrapEvent(node, items, wrappers - 1);
        }
        else if (node["message"].Kind == NodeKind.Object)
        {
            Unwrap(node["message"]["data"].DecodeBase64Json(), items, wrappers - 1);
        }
        else
        {
            ReadEntries(node, items);
        }
    }

    private void UnwrapEvent(Node node, Items items, int wrappers)
    {
        Node type = node["type"];
        if (type.IsAmbiguous || type.String != NewEntryType)
        {
            items.Add(type.IsAmbiguous || type.Value is null
                ? type.Reject("a CloudEvent must state one type")
                : new NormalisedItem.Irrelevant("a CloudEvent of another type than Rekor's new entry"));
            return;
        }

        Unwrap(node["data_base64"].Exists ? node["data_base64"].DecodeBase64Json() : node["data"], items, wrappers);
    }

    private void ReadEntries(Node node, Items items)
    {
        if (node["canonicalizedBody"].Exists || node["logId"].Exists)
        {
            LogEntry? entry = LogEntry.ReadProtoJson(node, out NormalisedItem? refusal);
            items.Add(entry is null ? refusal! : ReadEntry(entry, items));
        }
        else if (node["body"].Exists || node["logID"].Exists)
        {
            LogEntry? entry = LogEntry.ReadRekorV1(node, null, out NormalisedItem? refusal);
            items.Add(entry is null ? refusal! : ReadEntry(entry, items));
        }
        else if (node["kind"].Exists && node["spec"].Exists)
        {
            items.Add(ReadBareBody(node, items));
        }
        else if (node.Kind == NodeKind.Object && node.Presence == Presence.Value)
        {
            foreach (Node member in node.Members)
            {
                LogEntry? entry = LogEntry.ReadRekorV1(member, member.Name, out NormalisedItem? refusal);
                items.Add(entry is null ? refusal! : ReadEntry(entry, items));
            }
        }
        else
        {
            items.Reject(node, "must be a log entry, or an object of them by uuid");
        }
    }

    /// <summary>A canonicalised body on its own: no log, index or time goes with it.</summary>
    private static NormalisedItem ReadBareBody(Node node, Items items)
    {
        string instance = items.Notification.Instance ?? SigstoreBundleNormalizer.Unlogged;
        string asStated = "sha256:" + node.Sha256().Text;
        RekorBody? body = RekorBody.Open(node, instance, asStated, out NormalisedItem? refusal);
        string target = body is null ? asStated : body.EnvelopeHash?.Value ?? body.DataHash(out _, out _)?.Text ?? asStated;
        return refusal ?? new NormalisedItem.Hint(
            "the body of an entry alone: it says neither which log holds it, nor where, nor since when", instance, target);
    }

    private NormalisedItem ReadEntry(LogEntry entry, Items items)
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

    private NormalisedItem.Observed Observe(
        LogEntry entry, RekorBody body, List<(Node Node, string Value)> ids, IReadOnlyList<Subject> subjects, string instance, Items items)
    {
        Signer signer = body.Signers();
        var readings = new Readings();
        Signer.Write(readings, Field.SignatureEnvelopeId, ids, entry.Node);
        signer.WriteTo(readings, body.Container);
        readings.Time(Field.LedgerWriteTime, entry.IntegratedTimeNode, TimeFormats.EpochSeconds);
        return new NormalisedItem.Observed(new Observation
        {
            Record = new SourceRecord(Source, instance, RecordKind.LedgerEntry, entry.RecordId!),
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
