using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>What a webhook of Harbor is about.</summary>
internal enum HarborEventKind
{
    Push,
    Delete,
    Pull,
    Scan,
    Quota,
    Chart,
    Retention,
    Replication,
    Other,
}

/// <summary>One webhook of Harbor, whichever of the two shapes it has.</summary>
internal sealed class HarborEvent
{
    /// <summary>The default shape tells seconds since 1970, the CloudEvents shape RFC 3339.</summary>
    public const TimeFormats TimeSpellings = TimeFormats.EpochSeconds | TimeFormats.Rfc3339;

    private HarborEvent(Node root, Node data, Node time, HarborEventKind kind)
    {
        Root = root;
        Data = data;
        Time = time;
        Kind = kind;
        Occurred = Times.Read(time, TimeSpellings);
        Repository = RepositoryOf(data["repository"]);
    }

    public Node Root { get; }

    /// <summary><c>event_data</c>, or the event's <c>data</c>.</summary>
    public Node Data { get; }

    /// <summary><c>occur_at</c>, or the event's <c>time</c>.</summary>
    public Node Time { get; }

    public TimeReading Occurred { get; }

    public HarborEventKind Kind { get; }

    /// <summary>The node that holds <c>project/repository</c>.</summary>
    public Node Repository { get; }

    public IReadOnlyList<Node> Resources => Data["resources"].Items;

    public string WhyIrrelevant => Kind switch
    {
        HarborEventKind.Pull => "a pull",
        HarborEventKind.Scan => "a scan, which says nothing about identity",
        HarborEventKind.Quota => "a quota notice",
        HarborEventKind.Chart => "a Helm chart of Harbor's former chart museum, which has no manifest",
        _ => "an event type of Harbor that says nothing about tags or manifests",
    };

    /// <summary>Reads the shape; null with a rejection where it is neither, or states an identifying member twice.</summary>
    public static HarborEvent? Read(Node root, out NormalisedItem.Rejected? refused)
    {
        bool cloudEvent = root["specversion"].Exists;
        Node data = root[cloudEvent ? "data" : "event_data"];
        data = data.Kind == NodeKind.String ? data.DecodeJson() : data;
        Node time = root[cloudEvent ? "time" : "occur_at"];
        refused = RegistryMembers.FindDuplicate(root, "type", "occur_at", "time", "event_data", "data", "specversion")
            ?? RegistryMembers.FindDuplicate(data, "resources", "repository")
            ?? RegistryMembers.FindDuplicate(data["repository"], "repo_full_name", "name", "namespace")
            ?? data.Failure;
        if (refused is null && root["type"].String is null)
        {
            refused = root["type"].Reject("type is missing: neither Harbor's default shape nor its CloudEvents shape");
        }

        return refused is null ? new HarborEvent(root, data, time, KindOf(root["type"].String!)) : null;
    }

    private static Node RepositoryOf(Node repository) =>
        repository["repo_full_name"] is { HasValue: true } full ? full
        // Only with an empty namespace is the bare name the whole of it.
        : repository["namespace"].HasValue ? repository["repo_full_name"]
        : repository["name"];

    private static HarborEventKind KindOf(string type) => type switch
    {
        "PUSH_ARTIFACT" or "pushImage" or "harbor.artifact.pushed" => HarborEventKind.Push,
        "DELETE_ARTIFACT" or "deleteImage" or "harbor.artifact.deleted" => HarborEventKind.Delete,
        "PULL_ARTIFACT" or "pullImage" or "harbor.artifact.pulled" => HarborEventKind.Pull,
        "TAG_RETENTION" or "tagRetention" or "harbor.tag_retention.finished" => HarborEventKind.Retention,
        "REPLICATION" or "replication" or "harbor.replication.status.changed" => HarborEventKind.Replication,
        "QUOTA_EXCEED" or "QUOTA_WARNING" or "projectQuota" => HarborEventKind.Quota,
        "UPLOAD_CHART" or "DOWNLOAD_CHART" or "DELETE_CHART" or "uploadChart" or "downloadChart" or "deleteChart" => HarborEventKind.Chart,
        _ when type.StartsWith("SCANNING_", StringComparison.Ordinal)
            || type.StartsWith("scanning", StringComparison.Ordinal)
            || type.StartsWith("harbor.scan.", StringComparison.Ordinal) => HarborEventKind.Scan,
        _ when type.StartsWith("harbor.quota.", StringComparison.Ordinal) => HarborEventKind.Quota,
        _ => HarborEventKind.Other,
    };
}
