using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>
/// Harbor's events that name artifacts by <c>name_tag</c> ("alpine:3.8", "alpine [1 item(s) in total]") and never by
/// digest: they can only say what to read again.
/// </summary>
internal static class HarborHints
{
    public static void ReadRetention(HarborEvent harbor, Items items)
    {
        Node retention = harbor.Data["retention"];
        string? host = Host(items, retention["harbor_hostname"]);
        foreach (Node artifact in retention["deleted_artifact"].Items)
        {
            items.Add(Hint("a tag that a retention rule deleted, without its digest", host, retention["project_name"], artifact));
        }

        if (items.Count == 0)
        {
            items.Add(new NormalisedItem.Irrelevant("a retention run that deleted nothing"));
        }
    }

    public static void ReadReplication(HarborEvent harbor, Items items)
    {
        Node replication = harbor.Data["replication"];
        Node destination = replication["dest_resource"];
        string? own = RegistryHost.Canonical(replication["harbor_hostname"].Value);
        string? endpoint = RegistryHost.Canonical(destination["endpoint"].Value) ?? own;
        // A configured instance names this Harbor, and not where it replicates to.
        string? host = endpoint == own ? Host(items, replication["harbor_hostname"]) : endpoint;
        foreach (Node artifact in replication["successful_artifact"].Items)
        {
            items.Add(Hint("a replicated artifact, without its digest", host, destination["namespace"], artifact));
        }

        foreach (Node _ in replication["failed_artifact"].Items)
        {
            items.Add(new NormalisedItem.Irrelevant("a replication that failed"));
        }

        if (items.Count == 0)
        {
            items.Add(new NormalisedItem.Irrelevant("a replication that names no artifact"));
        }
    }

    private static string? Host(Items items, Node hostname) =>
        RegistryHost.Canonical(items.Notification.Instance) ?? RegistryHost.Canonical(hostname.Value);

    private static NormalisedItem Hint(string reason, string? host, Node project, Node artifact)
    {
        Node nameTag = artifact["name_tag"];
        if (host is null)
        {
            return nameTag.Reject(RegistryMembers.NoHost);
        }

        string name = nameTag.String?.Split(' ', 2)[0] ?? "";
        string path = project.String is { Length: > 0 } prefix && !name.StartsWith(prefix + "/", StringComparison.Ordinal)
            ? $"{prefix}/{name}"
            : name;
        return ImageReference.TryParse($"registry.invalid/{path}", out ImageReference? image, out _)
            ? new NormalisedItem.Hint(reason, host, (image! with { Registry = host }).ToString())
            : nameTag.Reject("name_tag names no repository");
    }
}
