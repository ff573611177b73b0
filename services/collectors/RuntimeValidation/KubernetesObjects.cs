using ReleaseIntegrity.Collectors.Formats;

namespace ReleaseIntegrity.Collectors.RuntimeValidation;

/// <summary>What the formats know of Kubernetes objects in general.</summary>
internal static class KubernetesObjects
{
    /// <summary>The lists of containers in a pod specification, with the lists of their statuses.</summary>
    internal static readonly (string Spec, string Status)[] ContainerLists =
    [
        ("initContainers", "initContainerStatuses"),
        ("containers", "containerStatuses"),
        ("ephemeralContainers", "ephemeralContainerStatuses"),
    ];

    // Templates of the workload kinds of the core, apps and batch groups, and of what copies their shape.
    private static readonly string[] TemplatePaths = ["/spec/jobTemplate/spec/template", "/spec/template", "/template"];

    /// <summary>The node of the pod or pod template within an object that runs containers; null for any other object.</summary>
    internal static Node? PodOf(Node @object)
    {
        foreach (string path in TemplatePaths)
        {
            if (HasContainers(@object.Select(path)))
            {
                return @object.Select(path);
            }
        }

        return HasContainers(@object) ? @object : null;
    }

    /// <summary><c>namespace/name</c>, or the name alone; for people and resyncs to ask by.</summary>
    internal static string NameOf(Node reference)
    {
        string name = reference["name"].Value ?? reference["generateName"].Value ?? "";
        return reference["namespace"].Value is { } space ? $"{space}/{name}" : name;
    }

    /// <summary>The items of a document: of a list or an array its items, else the document itself. Pods and reports come either way.</summary>
    /// <param name="document">The document.</param>
    /// <param name="kind">The kind of the items where they don't say it themselves: the API server leaves it out of typed lists.</param>
    internal static IEnumerable<(Node Item, string? Kind)> ItemsOf(Node document, Func<string?, string?> kind)
    {
        if (document.Kind == NodeKind.Array)
        {
            return document.Items.Select(item => (item, item["kind"].Value));
        }

        if (document.Kind == NodeKind.Object && document["items"].Kind == NodeKind.Array)
        {
            string? implied = kind(document["kind"].Value);
            return document["items"].Items.Select(item => (item, item["kind"].Value ?? implied));
        }

        return [(document, document["kind"].Value)];
    }

    private static bool HasContainers(Node pod) =>
        Array.Exists(ContainerLists, list => pod["spec"][list.Spec].Kind == NodeKind.Array);
}
