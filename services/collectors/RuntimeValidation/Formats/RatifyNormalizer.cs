using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation.Formats;

/// <summary>
/// <c>ratify</c>: verification results of Ratify (ratify docs, "Verifier reports"), of version 1 (<c>isSuccess</c>,
/// <c>verifierReports</c>) and 2 (<c>succeeded</c>, <c>artifactReports</c>), as its command prints them, as Gatekeeper's external data
/// provider answers, and as they stand in log lines. One item per report about a subject; nested reports are about what refers to
/// a signature and not about the image.
/// </summary>
/// <param name="options">Names of headers.</param>
public sealed class RatifyNormalizer(RuntimeValidationOptions options) : DocumentNormalizer
{
    private const string Fragment = "\"verifierReports\"";

    /// <inheritdoc/>
    public override Source Source => Source.RuntimeValidation;

    /// <inheritdoc/>
    public override string Format => "ratify";

    /// <inheritdoc/>
    public override int MappingVersion => 3;

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonLines;

    /// <inheritdoc/>
    protected override bool ReadsUnparsed(SourceDocument document) => Unparsed(document).Failure is null;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        bool isJson = document.Failure is null && (document.Documents.All(d => d.Failure is null) || Unparsed(document).Failure is not null);
        foreach (Node root in isJson ? document.Readable(items) : [Unparsed(document)])
        {
            var reader = new RatifyReports(new Cluster(document, root["metadata"], items.Notification, options), items);
            ReadRoot(root, reader, items);
        }
    }

    /// <summary>A log, whose results stand in its lines; or a report's members without the braces, as documents quote them.</summary>
    private static Node Unparsed(SourceDocument document)
    {
        ReadOnlySpan<byte> text = document.Body.Bytes.Span.TrimStart(" \t\r\n"u8);
        return document.Body.Decode(text.StartsWith(System.Text.Encoding.UTF8.GetBytes(Fragment)) ? "yaml" : "verification-log");
    }

    private static void ReadRoot(Node root, RatifyReports reader, Items items)
    {
        if (root.Kind == NodeKind.Array)
        {
            foreach (Node line in root.Items)
            {
                reader.Read(line["report"].Exists ? line["report"] : line, line["subject"], line["time"]);
            }
        }
        else if (root["response"]["items"].Kind == NodeKind.Array)
        {
            foreach (Node item in root["response"]["items"].Items)
            {
                reader.Read(item["value"].Kind == NodeKind.String ? item["value"].DecodeJson() : item["value"], item["key"], item["time"]);
            }
        }
        else if (root["responses"].Kind == NodeKind.Array)
        {
            // What a policy of Gatekeeper's sees of the provider's answer: pairs of key and value.
            foreach (Node pair in root["responses"].Items)
            {
                reader.Read(pair[1], pair[0], root["time"]);
            }
        }
        else if (root["msg"].String is not null)
        {
            Node log = root["msg"].Decode("verification-log");
            foreach (Node line in log.Items)
            {
                reader.Read(line["report"], line["subject"], root["time"]);
            }

            if (log.Items.Count == 0)
            {
                items.Add(new NormalisedItem.Irrelevant("a log line without a verification result"));
            }
        }
        else
        {
            reader.Read(root, root["subject"], root["time"]);
        }
    }
}
