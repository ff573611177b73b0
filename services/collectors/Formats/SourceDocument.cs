using System.Text.Json;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats;

/// <summary>The syntax of a notification's body.</summary>
public enum DocumentSyntax
{
    /// <summary>Strict JSON.</summary>
    Json,

    /// <summary>A YAML stream of any number of documents.</summary>
    Yaml,

    /// <summary>JSON where the body starts with a bracket, of which there may be several as in <see cref="JsonLines"/>; else YAML.</summary>
    JsonOrYaml,

    /// <summary>
    /// JSON, or a form (<c>application/x-www-form-urlencoded</c>) whose field <c>payload</c> is JSON: webhooks of GitHub and its like
    /// come so unless told otherwise.
    /// </summary>
    JsonOrForm,

    /// <summary>
    /// One JSON text, or several one after another (JSON lines). Where one of the lines is no JSON the others are read
    /// all the same.
    /// </summary>
    JsonLines,
}

/// <summary>
/// A notification parsed: the start of every walk. It owns the parsed documents (decoded ones too): dispose it when
/// the items are made, and not before.
/// </summary>
public sealed class SourceDocument : IDisposable
{
    private readonly Notification _notification;
    private readonly List<JsonDocument> _owned = [];
    private Node? _headers;

    private SourceDocument(Notification notification)
    {
        _notification = notification;
        Body = Node.OfBytes(this, notification.Body);
        Documents = [];
    }

    /// <summary>
    /// The documents of the body: one for JSON, any number for YAML and JSON lines, none where <see cref="Failure"/> is set.
    /// A line of JSON lines that is no JSON is an undecodable one among them.
    /// </summary>
    public IReadOnlyList<Node> Documents { get; private set; }

    /// <summary>The first document that can be read; an undecodable node where the body can't be parsed.</summary>
    public Node Root { get; private set; } = null!;

    /// <summary>The whole body as bytes, for decode steps and hashes.</summary>
    public Node Body { get; }

    /// <summary>Why the body is no document, with line, column and reason; null where it is one.</summary>
    public NormalisedItem.Rejected? Failure => Root.Failure;

    /// <summary>The notification's headers as one object, keys lower case (decode step <c>header</c>).</summary>
    public Node Headers => _headers ??= Node.OfStep(this, "header", JsonSerializer.SerializeToUtf8Bytes(
        _notification.Headers.OrderBy(h => h.Key, StringComparer.Ordinal).ToDictionary(h => h.Key, h => h.Value)));

    /// <summary>Parses a body; never throws. Look at <see cref="Failure"/>.</summary>
    public static SourceDocument Parse(Notification notification, DocumentSyntax syntax = DocumentSyntax.Json)
    {
        var document = new SourceDocument(notification);
        switch (syntax)
        {
            case DocumentSyntax.JsonLines:
            case DocumentSyntax.JsonOrYaml when StartsAsJson(notification.Body):
                document.ReadJsonLines(notification.Body);
                break;
            case DocumentSyntax.Yaml or DocumentSyntax.JsonOrYaml:
                document.ReadYaml(notification.Body);
                break;
            default:
                bool form = syntax == DocumentSyntax.JsonOrForm && FormText.Is(notification.Body.Span);
                document.Root = form ? document.Body.Decode("form") : Node.OfBody(document, notification.Body);
                document.Documents = document.Root.Failure is null ? [document.Root] : [];
                break;
        }

        return document;
    }

    /// <summary>The documents in their order; one that can't be read is rejected by itself, in its place.</summary>
    public IEnumerable<Node> Readable(Items items)
    {
        foreach (Node document in Documents)
        {
            if (document.Failure is { } failure)
            {
                items.Add(failure);
            }
            else
            {
                yield return document;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (JsonDocument document in _owned)
        {
            document.Dispose();
        }

        _owned.Clear();
    }

    internal void Own(JsonDocument document) => _owned.Add(document);

    private static bool StartsAsJson(ReadOnlyMemory<byte> body)
    {
        ReadOnlySpan<byte> text = JsonText.SkipByteOrderMark(body).Span.TrimStart(" \t\r\n"u8);
        return text is [(byte)'{' or (byte)'[', ..];
    }

    private void ReadJsonLines(ReadOnlyMemory<byte> body)
    {
        Root = Node.OfBody(this, body);
        Documents = Root.Failure is null ? [Root] : Body.Decode("json-lines").Items;
        if (Documents.Count == 0 && JsonText.Lines(body) is { Count: > 1 } lines)
        {
            // One of them is no JSON. A text that is broken as a whole has no line that is a record by itself.
            Node[] documents = [.. lines.Select(line => Node.OfLine(this, line))];
            Documents = documents.Zip(lines).Any(d => IsRecord(d.First, d.Second.Text.Span)) ? documents : [];
        }

        Root = Documents.FirstOrDefault(d => d.Failure is null) ?? Root;
    }

    private static bool IsRecord(Node line, ReadOnlySpan<byte> text) => text[0] is (byte)'{' or (byte)'[' && line.HasValue;

    private void ReadYaml(ReadOnlyMemory<byte> body)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> documents = YamlText.ToJson(body, out ParseFailure? failure);
        if (failure is not null || documents.Count == 0)
        {
            // The step gives the same failure again, as a node.
            Root = Body.Decode("yaml");
            return;
        }

        Documents = documents.Count == 1
            ? [Node.OfStep(this, "yaml", documents[0])]
            : [.. documents.Select((json, i) => Node.OfStep(this, $"yaml-document-{i}", json))];
        Root = Documents[0];
    }
}
