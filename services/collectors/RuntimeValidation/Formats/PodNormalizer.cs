using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation.Formats;

/// <summary>
/// <c>k8s-pod</c>: a Pod, a list of them, or a watch event about one (Kubernetes API, core v1), as JSON or YAML. One item
/// per container status; <see cref="ContainerStatusReader"/> says what it becomes.
/// </summary>
public sealed class PodNormalizer : DocumentNormalizer
{
    private readonly RuntimeValidationOptions _options;

    /// <summary>Reads annotations and headers of the given names.</summary>
    public PodNormalizer(RuntimeValidationOptions options) => _options = options;

    /// <inheritdoc/>
    public override Source Source => Source.RuntimeValidation;

    /// <inheritdoc/>
    public override string Format => "k8s-pod";

    /// <inheritdoc/>
    public override int MappingVersion => 2;

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonOrYaml;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        foreach (Node root in document.Readable(items).Where(d => d.Kind != NodeKind.Null))
        {
            if (root["object"].Exists && !root["kind"].Exists)
            {
                ReadWatchEvent(document, root, items);
            }
            else
            {
                ReadObjects(document, root, deleted: false, items);
            }
        }
    }

    private void ReadWatchEvent(SourceDocument document, Node root, Items items)
    {
        switch (root["type"].Text)
        {
            case "ADDED" or "MODIFIED" or "DELETED":
                ReadObjects(document, root["object"], deleted: root["type"].Text == "DELETED", items);
                break;
            case "BOOKMARK":
                items.Add(new NormalisedItem.Irrelevant("a watch bookmark"));
                break;
            case "ERROR":
                // 410 Gone and its like: what happened since is lost, and only a list tells (Kubernetes API concepts).
                items.Add(new NormalisedItem.Hint(
                    "the watch ended with an error: list again", new Cluster(document, root, items.Notification, _options).Name, "pods"));
                break;
            default:
                items.Reject(root["type"], "a watch event's type (ADDED, MODIFIED, DELETED, BOOKMARK, ERROR) is wanted");
                break;
        }
    }

    private void ReadObjects(SourceDocument document, Node root, bool deleted, Items items)
    {
        int before = items.Count;
        foreach ((Node item, string? kind) in KubernetesObjects.ItemsOf(root, list => list == "PodList" ? "Pod" : null))
        {
            if (item.Kind != NodeKind.Object)
            {
                items.Reject(item, "a pod (an object) is wanted");
            }
            else if (kind != "Pod" && !(kind is null && KubernetesObjects.PodOf(item) == item))
            {
                items.Add(new NormalisedItem.Irrelevant("an object of another kind than Pod"));
            }
            else
            {
                PodReader.Read(item, deleted, new Cluster(document, item["metadata"], items.Notification, _options), _options, items);
            }
        }

        if (items.Count == before)
        {
            items.Add(new NormalisedItem.Irrelevant("a list without pods"));
        }
    }
}
