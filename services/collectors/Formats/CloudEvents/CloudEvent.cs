using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats.CloudEvents;

/// <summary>One event of the CloudEvents specification 1.0, in whichever of its modes it came.</summary>
internal sealed class CloudEvent
{
    private readonly bool _binary;

    private CloudEvent(Node attributes, Node data, bool binary)
    {
        Attributes = attributes;
        Data = data;
        _binary = binary;
    }

    /// <summary>The node that has the attributes: the event itself, or the headers.</summary>
    public Node Attributes { get; }

    /// <summary>The data as a document; undecodable where it is a text that is no JSON.</summary>
    public Node Data { get; }

    public Node Time => Attribute("time");

    public string Type => Decoded("type")!;

    public string Origin => Decoded("source")!;

    /// <summary>Identity is source and id (CloudEvents 1.0, "id"); a URI reference has no space.</summary>
    public string MessageId => $"{Origin} {Decoded("id")}";

    /// <summary>Structured mode: the event is an object of its own.</summary>
    public static CloudEvent? Structured(Node e, out NormalisedItem.Rejected? refused)
    {
        Node data = e["data"];
        Node base64 = e["data_base64"];
        if (data.Exists && base64.Exists)
        {
            refused = base64.Reject("data and data_base64 exclude each other");
            return null;
        }

        if (e.Kind != NodeKind.Object)
        {
            refused = e.Reject("not a CloudEvent: an object with specversion, id, source and type");
            return null;
        }

        Node decoded = base64.Exists ? base64.DecodeBase64Json() : data.Kind == NodeKind.String ? data.DecodeJson() : data;
        return Checked(new CloudEvent(e, decoded, binary: false), out refused);
    }

    /// <summary>Binary mode: attributes in <c>ce-</c> headers, the body is the data (HTTP protocol binding, section 3.1).</summary>
    public static CloudEvent? Binary(SourceDocument document, out NormalisedItem.Rejected? refused) =>
        Checked(new CloudEvent(document.Headers, document.Root, binary: true), out refused);

    /// <summary>An attribute's node, whose text is as sent: in binary mode it may be percent-encoded.</summary>
    public Node Attribute(string name) => Attributes[_binary ? "ce-" + name : name];

    private static CloudEvent? Checked(CloudEvent e, out NormalisedItem.Rejected? refused)
    {
        refused = null;
        foreach (string name in (ReadOnlySpan<string>)["specversion", "id", "source", "type", "time", "data", "data_base64"])
        {
            Node attribute = e.Attribute(name);
            if (e.Attributes.HasDuplicate(attribute.Name))
            {
                refused = attribute.Reject($"{name} is stated more than once");
                return null;
            }
        }

        foreach (string name in (ReadOnlySpan<string>)["specversion", "id", "source", "type"])
        {
            Node attribute = e.Attribute(name);
            if (attribute.String is not { Length: > 0 } text)
            {
                refused = attribute.Reject($"{name} is missing, which every CloudEvent has");
                return null;
            }

            if (name == "specversion" && text != "1.0")
            {
                refused = attribute.Reject("specversion must be 1.0");
                return null;
            }
        }

        return e;
    }

    private string? Decoded(string name)
    {
        string? text = Attribute(name).String;
        return _binary && text is not null ? Uri.UnescapeDataString(text) : text;
    }
}
