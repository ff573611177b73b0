using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats.CdEvents;

/// <summary>
/// One event of the CDEvents specification (<c>spec.md</c>, versions 0.1 to 0.6): <c>context</c> says which and when,
/// <c>subject</c> says what about. Values are nodes, so that readings know their places.
/// </summary>
public sealed class CdEvent
{
    private const string Standard = "dev.cdevents.";

    private CdEvent(Node node)
    {
        Node = node;
        string[] type = (node["context"]["type"].String ?? "").Split('.');
        Kind = type is ["dev", "cdevents", var subject, var predicate, ..] ? $"{subject}.{predicate}" : null;
        Occurred = Times.Read(Timestamp, TimeFormats.Rfc3339);
    }

    /// <summary>The event itself.</summary>
    public Node Node { get; }

    /// <summary>Subject and predicate of its type, <c>artifact.published</c>; null for a type that the specification has not.</summary>
    public string? Kind { get; }

    /// <summary>The subject's id.</summary>
    public Node SubjectId => Node["subject"]["id"];

    /// <summary>What is said about the subject.</summary>
    public Node Content => Node["subject"]["content"];

    /// <summary>When it happened.</summary>
    public Node Timestamp => Node["context"]["timestamp"];

    /// <summary>When it happened, as read.</summary>
    public TimeReading Occurred { get; }

    /// <summary>Identity is source and id ("context", REQUIRED attributes); a URI reference has no space.</summary>
    public string MessageId => $"{Node["context"]["source"].String} {Node["context"]["id"].String}";

    /// <summary>The source instance: as configured, else the host of the event's source, else the source as it stands.</summary>
    public string InstanceOf(Notification notification)
    {
        string source = Node["context"]["source"].String!;
        return notification.Instance is { Length: > 0 } configured ? configured
            : Uri.TryCreate(source, UriKind.Absolute, out Uri? uri) && uri.Host.Length > 0 ? uri.Authority.ToLowerInvariant()
            : source;
    }

    /// <summary>
    /// Reads an event, bare or as the data of a structured CloudEvent; null with the item that it makes instead where it is
    /// none, states a required or identifying member badly, or is of a type outside the specification.
    /// </summary>
    internal static CdEvent? Read(Node root, out NormalisedItem? instead)
    {
        Node node = root;
        if (!root["context"].Exists && root["specversion"].Exists)
        {
            CloudEvents.CloudEvent? wrapped = CloudEvents.CloudEvent.Structured(root, out NormalisedItem.Rejected? refused);
            if (wrapped is null || wrapped.Data.Kind != NodeKind.Object)
            {
                instead = refused ?? wrapped!.Data.Failure ?? root["data"].Reject("data must be a CDEvent: an object with context and subject");
                return null;
            }

            node = wrapped.Data;
        }

        instead = Refusal(node);
        if (instead is not null)
        {
            return null;
        }

        var e = new CdEvent(node);
        if (e.Kind is not null)
        {
            return e;
        }

        instead = node["context"]["type"].String!.StartsWith(Standard, StringComparison.Ordinal)
            ? node["context"]["type"].Reject("type must be dev.cdevents.SUBJECT.PREDICATE.VERSION")
            : new NormalisedItem.Irrelevant("an event type outside the CDEvents specification");
        return null;
    }

    private static NormalisedItem.Rejected? Refusal(Node node)
    {
        if (node["context"].Kind != NodeKind.Object || node["subject"].Kind != NodeKind.Object)
        {
            return node.Reject("not a CDEvent: an object with context and subject");
        }

        NormalisedItem.Rejected? twice = RegistryMembers.FindDuplicate(node, "context", "subject")
            ?? RegistryMembers.FindDuplicate(node["context"], "id", "source", "type", "timestamp")
            ?? RegistryMembers.FindDuplicate(node["subject"], "id", "source", "content");
        if (twice is not null)
        {
            return twice;
        }

        foreach (string name in (ReadOnlySpan<string>)["id", "source", "type"])
        {
            if (node["context"][name].String is not { Length: > 0 })
            {
                return node["context"][name].Reject($"{name} is missing, which every CDEvent has");
            }
        }

        TimeReading time = Times.Read(node["context"]["timestamp"], TimeFormats.Rfc3339);
        return time.Unreadable is null ? null : node["context"]["timestamp"].Reject(time.Unreadable);
    }
}
