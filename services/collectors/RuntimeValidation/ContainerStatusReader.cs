using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation;

/// <summary>
/// Makes one item of one container status. The reference is the one that the pod asked for: a runtime reports the name
/// under which it happens to know the image (a mirror's host, another tag of the same id, a bare id).
/// </summary>
/// <param name="pod">The pod.</param>
/// <param name="deleted">The pod is gone, as a watch event says.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="options">Names of annotations.</param>
internal sealed class ContainerStatusReader(Node pod, bool deleted, Cluster cluster, RuntimeValidationOptions options)
{
    private readonly AdmissionChecks _checks = new(options);

    /// <summary>The item that a status makes; it must be the next of the notification.</summary>
    /// <param name="status">The container's status.</param>
    /// <param name="specList">The list of the specification that holds the container.</param>
    /// <param name="items">The items so far.</param>
    internal NormalisedItem Read(Node status, string specList, Items items)
    {
        Node imageId = status["imageID"];
        if (status["name"].String is not { Length: > 0 } name || status["name"].IsAmbiguous || imageId.IsAmbiguous)
        {
            return status.Reject("a container status needs one name and at most one imageID");
        }

        ContainerImageId? id = imageId.String is { Length: > 0 } text ? ContainerImageId.TryParse(text) : null;
        if (imageId.HasValue && id is null)
        {
            return imageId.Reject("not an image id (repository@digest, docker-pullable://…, docker://… or a bare digest)");
        }

        ContainerImage? image = ContainerImage.TryRead(Container(name, specList)["image"]) ?? ContainerImage.TryRead(status["image"]);
        bool withdrawn = IsFinished(status);
        if (id is null && !withdrawn)
        {
            return new NormalisedItem.Hint(
                "the container has no image id yet", cluster.Name, $"pod {KubernetesObjects.NameOf(pod["metadata"])}, container {name}");
        }

        if (Newest(Times(status), out Node? newest, out DateTimeOffset? time) is { } unreadable)
        {
            return unreadable;
        }

        return new NormalisedItem.Observed(Observation(status, name, id, image, items) with
        {
            Revision = new Revision(ResourceVersion(), time),
            Withdrawn = withdrawn,
            Fields = Fields(status, id, image, newest),
        });
    }

    /// <summary>The greatest of several times; the rejected item where one of them is no time. Absent and null ones don't count.</summary>
    internal static NormalisedItem.Rejected? Newest(IEnumerable<Node> times, out Node? newest, out DateTimeOffset? time)
    {
        (newest, time) = (null, null);
        foreach (Node node in times)
        {
            TimeReading reading = Collectors.Formats.Times.Read(node, TimeFormats.Rfc3339);
            if (reading.Unreadable is not null)
            {
                return node.Reject(reading.Unreadable);
            }

            if (reading.Utc is { } utc && !(utc <= time))
            {
                (newest, time) = (node, utc);
            }
        }

        return null;
    }

    private Observation Observation(Node status, string name, ContainerImageId? id, ContainerImage? image, Items items)
    {
        string uid = pod["metadata"]["uid"].String!;
        string? version = pod["metadata"]["resourceVersion"].Value;
        Place? place = id is not null ? status["imageID"].Place : image?.Node.Place;
        return new Observation
        {
            Record = new SourceRecord(Source.RuntimeValidation, cluster.Name, RecordKind.Container, $"{cluster.Name}/{uid}/{name}"),
            Revision = new Revision(null, null),
            Lineage = items.NextLineage,
            Subjects = place is null ? [] : [new Subject(image?.Reference ?? id?.Image, id?.Digest, id?.Kind ?? DigestKind.Unknown, place)],
            MessageId = version is null ? null : $"{uid}@{version}/{name}{(deleted ? ":deleted" : "")}",
            RecordPointer = status.Pointer,
        };
    }

    private IReadOnlyList<FieldReading> Fields(Node status, ContainerImageId? id, ContainerImage? image, Node? newest)
    {
        var readings = new Readings();
        if (id is not null)
        {
            readings.Value(Field.ObservedDigest, status["imageID"], id.Digest.Text, id.Kind);
        }

        _checks.Read(readings, [pod["metadata"]["annotations"]], image, id?.Digest);
        cluster.Read(readings, pod);
        if (newest is not null)
        {
            readings.Time(Field.ObservationTime, newest, TimeFormats.Rfc3339);
        }

        return readings.ToList();
    }

    /// <summary>The container of the specification that has the name; an absent node where there is none.</summary>
    private Node Container(string name, string specList) =>
        pod["spec"][specList].Items.FirstOrDefault(container => container["name"].String == name)
        ?? pod["spec"][specList][-1];

    /// <summary>A terminated container, and any container of a pod that ended or is being ended.</summary>
    private bool IsFinished(Node status) =>
        deleted
        || pod["metadata"]["deletionTimestamp"].HasValue
        || pod["status"]["phase"].Text is "Succeeded" or "Failed"
        || status["state"]["terminated"].Kind == NodeKind.Object;

    /// <summary>
    /// Comparable as an integer of any length since Kubernetes 1.35 (KEP-5504), and in practice before. Anything else
    /// only tells equal from unequal and orders nothing.
    /// </summary>
    private string? ResourceVersion() =>
        pod["metadata"]["resourceVersion"].Integer is { } version && version[0] != '-' ? version : null;

    /// <summary>
    /// Every time that the status carries. Their greatest is when the kubelet last reported a change: a container that
    /// waits between two crashes has no start time of its own, and the pod's conditions may be older than its last run.
    /// </summary>
    private IEnumerable<Node> Times(Node status) =>
    [
        status["state"]["running"]["startedAt"],
        status["state"]["terminated"]["startedAt"],
        status["state"]["terminated"]["finishedAt"],
        status["lastState"]["terminated"]["finishedAt"],
        .. pod["status"]["conditions"].Items.Select(condition => condition["lastTransitionTime"]),
        pod["status"]["startTime"],
        pod["metadata"]["creationTimestamp"],
    ];
}
