using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Formats;

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
    public override int MappingVersion => 4;

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonLines;

    /// <inheritdoc/>
    protected override bool ReadsUnparsed(SourceDocument document) => Checkpoint.Is(document.Body.Bytes);

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        if (document.Failure is not null)
        {
            items.Add(LogEntryReader.LogState);
        }

        foreach (Node node in document.Readable(items))
        {
            Unwrap(node, items, MaxWrappers);
        }
    }

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
        else if (node.String is { } uuid && LogEntry.IsUuid(uuid))
        {
            items.Add(new NormalisedItem.Hint(
                "an entry's uuid alone, as the search index answers", items.Notification.Instance ?? Envelope.Unlogged, uuid));
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

    /// <summary>
    /// What <c>rekor-cli get</c> and <c>search</c> print as JSON: a rendering of the body, from which the entry's hash can't be taken,
    /// under its uuid; or uuids alone.
    /// </summary>
    private static void ReadCommandLine(Node node, Items items)
    {
        foreach (Node uuid in node["UUID"].Exists ? [node["UUID"]] : node["UUIDs"].Items)
        {
            items.Add(uuid.String is { } text && LogEntry.IsUuid(text) && !uuid.IsAmbiguous
                ? new NormalisedItem.Hint(
                    "an entry as the command line prints it: only the log has the body that was signed",
                    items.Notification.Instance ?? Envelope.Unlogged, text)
                : uuid.Reject("must be one uuid, 64 or 80 hex digits"));
        }
    }

    private void ReadEntries(Node node, Items items)
    {
        if (node["canonicalizedBody"].Exists || node["logId"].Exists)
        {
            LogEntry? entry = LogEntry.ReadProtoJson(node, out NormalisedItem? refusal);
            items.Add(entry is null ? refusal! : LogEntryReader.Read(entry, items));
        }
        else if (node["body"].Exists || node["logID"].Exists)
        {
            LogEntry? entry = LogEntry.ReadRekorV1(node, null, out NormalisedItem? refusal);
            items.Add(entry is null ? refusal! : LogEntryReader.Read(entry, items));
        }
        else if (node["rootHash"].Exists && (node["treeSize"].Exists || node["hashes"].Exists))
        {
            items.Add(LogEntryReader.LogState);
        }
        else if (node["SignedEntryTimestamp"].Exists && node["Payload"].Exists)
        {
            // What cosign keeps of an entry, as an annotation of a signature.
            items.Add(LogEntryReader.ReadAnswer(node, items));
        }
        else if (node["kind"].Exists && node["spec"].Exists)
        {
            items.Add(LogEntryReader.ReadBareBody(node, items));
        }
        else if (node["UUID"].Exists || node["UUIDs"].Kind == NodeKind.Array)
        {
            ReadCommandLine(node, items);
        }
        else if (node["code"].Exists && node["message"].Exists)
        {
            items.Reject(node, "the log answered with an error instead of an entry");
        }
        else if (node.Kind == NodeKind.Object && node.Presence == Presence.Value)
        {
            foreach (Node member in node.Members)
            {
                LogEntry? entry = LogEntry.ReadRekorV1(member, member.Name, out NormalisedItem? refusal);
                items.Add(entry is null ? refusal! : LogEntryReader.Read(entry, items));
            }
        }
        else
        {
            items.Reject(node, "must be a log entry, or an object of them by uuid");
        }
    }
}
