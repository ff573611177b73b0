using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger.Formats;

/// <summary>
/// <c>rekor-v2</c>: entries of a Rekor v2 log (rekor-tiles <c>CLIENTS.md</c>) as <c>TransparencyLogEntry</c> in protojson, alone,
/// in a list or as JSON lines, and as the tiles of the log hold them. They have no time of their own.
/// </summary>
public sealed class RekorV2Normalizer : DocumentNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.SignatureLedger;

    /// <inheritdoc/>
    public override string Format => "rekor-v2";

    /// <inheritdoc/>
    public override int MappingVersion => 3;

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

        foreach (Node node in document.Readable(items).SelectMany(d => d.Kind == NodeKind.Array ? d.Items : [d]))
        {
            if (node["canonicalizedBody"].Exists || node["logId"].Exists)
            {
                LogEntry? entry = LogEntry.ReadProtoJson(node, out NormalisedItem? refusal);
                items.Add(entry is null ? refusal! : LogEntryReader.Read(entry, items));
            }
            else if (node["kind"].Exists && node["spec"].Exists)
            {
                LogEntry? entry = LogEntry.ReadTiled(document, out NormalisedItem? refusal);
                items.Add(entry is not null ? LogEntryReader.Read(entry, items) : refusal ?? LogEntryReader.ReadBareBody(node, items));
            }
            else if (node["hashedRekordRequestV002"].Exists || node["dsseRequestV002"].Exists)
            {
                items.Add(new NormalisedItem.Irrelevant("a request to write an entry, and no entry"));
            }
            else
            {
                items.Reject(node, "must be a log entry, with logId and canonicalizedBody");
            }
        }
    }
}
