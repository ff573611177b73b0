using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>
/// <c>azure-acr</c>: webhooks of Azure Container Registry ("webhook reference"), one flat event each, and the same events
/// by Azure Event Grid: an array of its own schema or of CloudEvents ("event schema for Container Registry"), whose
/// <c>data</c> is the flat event or its text.
/// </summary>
public sealed class AzureNormalizer : DocumentNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.ArtifactRegistry;

    /// <inheritdoc/>
    public override string Format => "azure-acr";

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        foreach (Node e in document.Root.Kind == NodeKind.Array ? document.Root.Items : [document.Root])
        {
            items.Add(ReadEnvelope(e, items));
        }
    }

    private static NormalisedItem ReadEnvelope(Node e, Items items)
    {
        if (RegistryMembers.FindDuplicate(e, "id", "topic", "source", "eventType", "type", "data", "eventTime", "time", "specversion") is { } twice)
        {
            return twice;
        }

        Node type = e["eventType"].Exists ? e["eventType"] : e[e["specversion"].Exists ? "type" : "eventType"];
        if (!type.Exists && !e["data"].Exists)
        {
            return ReadEvent(e, null, items);
        }

        string kind = (type.String ?? "").Split('.')[^1];
        if (kind.StartsWith("Subscription", StringComparison.OrdinalIgnoreCase))
        {
            return new NormalisedItem.Irrelevant("a subscription event of Event Grid, which asks the endpoint and not the registry");
        }

        Node data = e["data"].Kind == NodeKind.String ? e["data"].DecodeJson() : e["data"];
        if (data.Kind != NodeKind.Object)
        {
            return data.Failure ?? e["data"].Reject("data must be the registry's event");
        }

        string? action = kind.ToUpperInvariant() switch
        {
            "IMAGEPUSHED" => "push",
            "IMAGEDELETED" => "delete",
            "CHARTPUSHED" or "CHARTDELETED" => "chart",
            _ => null,
        };
        if (action is "push" or "delete" && data["action"].Value is { } stated && !string.Equals(stated, action, StringComparison.OrdinalIgnoreCase))
        {
            return data["action"].Reject("action contradicts the event's type");
        }

        return action switch
        {
            "chart" => new NormalisedItem.Irrelevant("a Helm chart"),
            null => new NormalisedItem.Irrelevant("an event type of Event Grid that says nothing about images"),
            _ => ReadEvent(data, e, items),
        };
    }

    /// <param name="e">The registry's event.</param>
    /// <param name="grid">Event Grid's envelope around it; null for a webhook.</param>
    /// <param name="items">The items so far.</param>
    private static NormalisedItem ReadEvent(Node e, Node? grid, Items items)
    {
        Node target = e["target"];
        NormalisedItem.Rejected? twice = RegistryMembers.FindDuplicate(e, "id", "timestamp", "action", "target", "request")
            ?? RegistryMembers.FindDuplicate(target, "digest", "tag", "repository", "mediaType")
            ?? RegistryMembers.FindDuplicate(e["request"], "host");
        if (twice is not null)
        {
            return twice;
        }

        if (target["digest"].HasValue && !Digest.TryParse(target["digest"].Text, out _))
        {
            return target["digest"].Reject(RegistryMembers.NotADigest);
        }

        string? action = e["action"].String?.ToLowerInvariant() ?? (grid is null ? null : "unstated");
        switch (action)
        {
            case null or "":
                return e["action"].Reject("action is missing");
            case "chart_push" or "chart_delete":
                return new NormalisedItem.Irrelevant("a Helm chart");
            case "quarantine":
                return new NormalisedItem.Irrelevant("an image in quarantine, which no one can pull yet");
            case "ping":
                return new NormalisedItem.Irrelevant("a ping");
            case "push" or "delete" or "unstated":
                break;
            default:
                return new NormalisedItem.Irrelevant("an action other than push and delete");
        }

        bool delete = action == "delete" || (action == "unstated" && Type(grid!).EndsWith("Deleted", StringComparison.OrdinalIgnoreCase));
        DigestKind? kind = target["mediaType"].Value is { } mediaType ? ManifestMediaTypes.KindOf(mediaType) : DigestKind.Unknown;
        if (kind is null or DigestKind.Config)
        {
            return new NormalisedItem.Irrelevant("a layer or a configuration, which no tag can name");
        }

        return new RegistryEvent
        {
            DigestNode = target["digest"],
            Kind = kind.Value,
            Host = e["request"]["host"].Value,
            HostNode = e["request"]["host"],
            Repository = target["repository"],
            // Only the deletion of a manifest is told, never that of a tag: whatever tag it names goes with it.
            Tag = delete && target["digest"].HasValue ? target["no tag"] : target["tag"],
            Time = e["timestamp"].HasValue || grid is null ? e["timestamp"] : grid["eventTime"].Exists ? grid["eventTime"] : grid["time"],
            Withdrawn = delete,
            MessageId = grid is null ? e["id"].Value : GridId(grid),
            Pointer = e.Pointer,
        }.ToItem(items);
    }

    private static string Type(Node grid) => (grid["eventType"].Exists ? grid["eventType"] : grid["type"]).String ?? "";

    /// <summary>Topic (in CloudEvents: source) and id.</summary>
    private static string? GridId(Node grid) => grid["id"].Value is { } id
        ? $"{(grid["topic"].Exists ? grid["topic"] : grid["source"]).String} {id}"
        : null;
}
