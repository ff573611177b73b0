using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation;

/// <summary>Makes one item of each container status of a pod; <see cref="ContainerStatusReader"/> says what it becomes.</summary>
internal static class PodReader
{
    /// <summary>Adds the items of a pod.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="deleted">The pod is gone, as whoever reports it says.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="options">Names of annotations.</param>
    /// <param name="items">The items so far.</param>
    internal static void Read(Node pod, bool deleted, Cluster cluster, RuntimeValidationOptions options, Items items)
    {
        List<(Node Status, string SpecList)> statuses = Statuses(pod);
        if (statuses.Count == 0)
        {
            items.Add(deleted
                ? new NormalisedItem.Irrelevant("a pod that ended before any of its containers was known")
                : new NormalisedItem.Hint(
                    "no container has a status yet", cluster.Name, $"pod {KubernetesObjects.NameOf(pod["metadata"])}"));
            return;
        }

        Node metadata = pod["metadata"];
        if (metadata["uid"].String is not { Length: > 0 } || metadata["uid"].IsAmbiguous || metadata["resourceVersion"].IsAmbiguous)
        {
            items.Reject(metadata["uid"], "a pod needs one uid and at most one resourceVersion");
            return;
        }

        var reader = new ContainerStatusReader(pod, deleted, cluster, options);
        foreach ((Node status, string specList) in statuses)
        {
            items.Add(reader.Read(status, specList, items));
        }
    }

    /// <summary>Whether a pod has reported any of its containers.</summary>
    internal static bool HasStatuses(Node pod) => Statuses(pod).Count > 0;

    private static List<(Node Status, string SpecList)> Statuses(Node pod) =>
        [.. KubernetesObjects.ContainerLists.SelectMany(list => pod["status"][list.Status].Items.Select(status => (status, list.Spec)))];
}
