using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation;

/// <summary>
/// <c>admission</c>: an AdmissionReview (Kubernetes API, <c>admission.k8s.io/v1</c> and <c>v1beta1</c>) or the bare request
/// as Kubewarden and Kyverno write it. One item per container of the pod, or of the pod template of a workload.
/// </summary>
public sealed class AdmissionNormalizer : DocumentNormalizer
{
    private readonly RuntimeValidationOptions _options;
    private readonly AdmissionChecks _checks;

    /// <summary>Reads annotations and headers of the given names.</summary>
    /// <param name="options">The names.</param>
    /// <param name="format">The name under which it is registered.</param>
    public AdmissionNormalizer(RuntimeValidationOptions options, string format = "admission")
    {
        _options = options;
        _checks = new AdmissionChecks(options);
        Format = format;
    }

    /// <inheritdoc/>
    public override Source Source => Source.RuntimeValidation;

    /// <inheritdoc/>
    public override string Format { get; }

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonOrYaml;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        foreach (Node root in document.Documents.Where(d => d.Kind != NodeKind.Null))
        {
            Node request = root["request"].Exists ? root["request"] : root;
            if (request.IsAmbiguous || request.Kind != NodeKind.Object)
            {
                items.Reject(request, "one request (an object) is wanted");
            }
            else if (request["object"].Exists || request["oldObject"].Exists)
            {
                ReadRequest(document, request, items);
            }
            else if (root["response"].Exists)
            {
                items.Add(new NormalisedItem.Irrelevant("a response: it carries no object"));
            }
            else if (request["uid"].Exists && request["operation"].Exists)
            {
                items.Add(new NormalisedItem.Irrelevant("a request without an object"));
            }
            else
            {
                items.Reject(request, "neither an AdmissionReview nor an admission request (uid, operation, object)");
            }
        }
    }

    private void ReadRequest(SourceDocument document, Node request, Items items)
    {
        if (request["uid"].String is not { Length: > 0 } uid || request["uid"].IsAmbiguous)
        {
            items.Reject(request["uid"], "a request needs one uid");
            return;
        }

        bool delete = request["operation"].Text == "DELETE";
        Node @object = !delete && request["object"].HasValue ? request["object"] : request["oldObject"];
        Node? pod = KubernetesObjects.PodOf(@object);
        string? irrelevant =
            request["dryRun"].Boolean == true ? "a dry run: nothing was admitted"
            : request["operation"].Text == "CONNECT" ? "a connection to a running pod admits no image"
            : !@object.HasValue ? "a request without an object"
            : pod is null ? "an object that runs no containers"
            : null;
        if (irrelevant is not null)
        {
            items.Add(new NormalisedItem.Irrelevant(irrelevant));
            return;
        }

        int before = items.Count;
        var admission = new Admission(uid, delete, @object, pod!, new Cluster(document, @object["metadata"], items.Notification, _options));
        foreach ((string spec, string status) in KubernetesObjects.ContainerLists)
        {
            foreach (Node container in pod!["spec"][spec].Items)
            {
                items.Add(ReadContainer(admission, container, pod["status"][status], items));
            }
        }

        if (items.Count == before)
        {
            items.Add(new NormalisedItem.Irrelevant("an object without containers"));
        }
    }

    private NormalisedItem ReadContainer(Admission admission, Node container, Node statuses, Items items)
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

    private NormalisedItem Observe(
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
            return new NormalisedItem.Irrelevant("carries neither an image verification outcome nor a digest");
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
                Source, cluster, RecordKind.AdmissionDecision, $"{cluster}/{admission.Uid}/{name}"),
            Revision = new Revision(null, time),
            Lineage = items.NextLineage,
            Subjects =
            [
                new Subject(
                    image?.Reference ?? running?.Id.Image, running?.Id.Digest ?? image?.Digest,
                    running?.Id.Kind ?? DigestKind.Unknown, (running?.Node ?? image!.Node).Place),
            ],
            Fields = readings.ToList(),
            Withdrawn = admission.Delete,
            MessageId = $"{admission.Uid}/{name}",
            RecordPointer = container.Pointer,
        });
    }

    /// <summary>One request about an object that runs containers.</summary>
    private sealed record Admission(string Uid, bool Delete, Node Object, Node Pod, Cluster Cluster)
    {
        /// <summary>Annotations of the object, and of the pod template within it.</summary>
        internal IReadOnlyList<Node> Annotations =>
            Pod == Object ? [Object["metadata"]["annotations"]] : [Object["metadata"]["annotations"], Pod["metadata"]["annotations"]];

        /// <summary>A request carries no time of its own; the API server's field managers and the object's life do.</summary>
        internal IEnumerable<Node> Times =>
        [
            .. Object["metadata"]["managedFields"].Items.Select(manager => manager["time"]),
            Object["metadata"]["deletionTimestamp"],
            Object["metadata"]["creationTimestamp"],
        ];
    }
}
