using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation;

/// <summary>What was admitted: an object that runs containers, with what identifies and orders its admission.</summary>
/// <param name="Id">The request's uid, the audit event's id, or the stored object's uid.</param>
/// <param name="Object">The object.</param>
/// <param name="Pod">The pod, or the template of one within the object.</param>
/// <param name="Cluster">The cluster.</param>
internal sealed record Admission(string Id, Node Object, Node Pod, Cluster Cluster)
{
    /// <summary>Whether the object is deleted: its admission no longer counts.</summary>
    internal bool Delete { get; init; }

    /// <summary>The object's own counter, where that orders what is said.</summary>
    internal string? Counter { get; init; }

    /// <summary>
    /// The times of which the newest stands for the admission. A request carries none of its own; the API server's field managers
    /// and the object's life do.
    /// </summary>
    internal IEnumerable<Node> Times { get; init; } =
    [
        .. Object["metadata"]["managedFields"].Items.Select(manager => manager["time"]),
        Object["metadata"]["deletionTimestamp"],
        Object["metadata"]["creationTimestamp"],
    ];

    /// <summary>Annotations of the object, and of the pod template within it.</summary>
    internal IReadOnlyList<Node> Annotations =>
        Pod == Object ? [Object["metadata"]["annotations"]] : [Object["metadata"]["annotations"], Pod["metadata"]["annotations"]];
}

/// <summary>
/// Makes one item of each container that was admitted: what its annotations say of the image's verification, and the digest that
/// runs, where a status says it.
/// </summary>
/// <param name="options">Names of annotations.</param>
internal sealed class AdmissionReader(RuntimeValidationOptions options)
{
    private static readonly NormalisedItem Unspoken =
        new NormalisedItem.Irrelevant("carries neither an image verification outcome nor a digest");

    private readonly AdmissionChecks _checks = new(options);

    /// <summary>Adds the items of all containers.</summary>
    /// <param name="admission">What was admitted.</param>
    /// <param name="items">The items so far.</param>
    /// <param name="unspoken">What a container is of which neither an outcome nor a digest is said; irrelevant by default.</param>
    internal void Read(Admission admission, Items items, NormalisedItem? unspoken = null)
    {
        int before = items.Count;
        foreach ((string spec, string status) in KubernetesObjects.ContainerLists)
        {
            foreach (Node container in admission.Pod["spec"][spec].Items)
            {
                items.Add(ReadContainer(admission, container, admission.Pod["status"][status], items) ?? unspoken ?? Unspoken);
            }
        }

        if (items.Count == before)
        {
            items.Add(new NormalisedItem.Irrelevant("an object without containers"));
        }
    }

    private NormalisedItem? ReadContainer(Admission admission, Node container, Node statuses, Items items)
    {
        if (container["name"].String is not { Length: > 0 } name || container["name"].IsAmbiguous || container["image"].IsAmbiguous)
        {
            return container.Reject("a container needs one name and one image");
        }

        // Only updates of pods/status carry what runs; everything else says what shall.
        Node? imageId = statuses.Items.FirstOrDefault(s => s["name"].String == name)?["imageID"];
        ContainerImageId? id = imageId is { String: { Length: > 0 } text, IsAmbiguous: false } ? ContainerImageId.TryParse(text) : null;
        if (imageId is { HasValue: true } && id is null)
        {
            return imageId.Reject("not an image id (repository@digest, docker-pullable://…, docker://… or a bare digest)");
        }

        ContainerImage? image = ContainerImage.TryRead(container["image"]);
        if (image is null && id is null)
        {
            return container["image"].Reject("not an image reference (registry/repository:tag, with a well-formed digest if any)");
        }

        return Observe(admission, container, name, image, id is null ? null : (imageId!, id), items);
    }

    private NormalisedItem? Observe(
        Admission admission, Node container, string name, ContainerImage? image, (Node Node, ContainerImageId Id)? running, Items items)
    {
        if (ContainerStatusReader.Newest(admission.Times, out Node? newest, out DateTimeOffset? time) is { } unreadable)
        {
            return unreadable;
        }

        var readings = new Readings();
        _checks.Read(readings, admission.Annotations, image, running?.Id.Digest);
        if (!readings.Has(Field.AdmissionCheck) && !readings.Has(Field.ObservedEnvelopeId) && running is null && image?.Digest is null)
        {
            return null;
        }

        if (running is { } seen)
        {
            readings.Value(Field.ObservedDigest, seen.Node, seen.Id.Digest.Text, seen.Id.Kind);
        }

        admission.Cluster.Read(readings, admission.Object);
        if (newest is not null)
        {
            readings.Time(Field.ObservationTime, newest, TimeFormats.Rfc3339);
        }

        string cluster = admission.Cluster.Name;
        return new NormalisedItem.Observed(new Observation
        {
            Record = new SourceRecord(
                Source.RuntimeValidation, cluster, RecordKind.AdmissionDecision, $"{cluster}/{admission.Id}/{name}"),
            Revision = new Revision(admission.Counter, time),
            Lineage = items.NextLineage,
            Subjects =
            [
                new Subject(
                    image?.Reference ?? running?.Id.Image, running?.Id.Digest ?? image?.Digest,
                    running?.Id.Kind ?? DigestKind.Unknown, (running?.Node ?? image!.Node).Place),
            ],
            Fields = readings.ToList(),
            Withdrawn = admission.Delete,
            MessageId = admission.Counter is null ? $"{admission.Id}/{name}" : $"{admission.Id}@{admission.Counter}/{name}",
            RecordPointer = container.Pointer,
        });
    }
}
