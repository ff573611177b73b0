using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation.Formats;

/// <summary>
/// <c>k8s-audit</c>: audit events of a cluster (Kubernetes API, <c>audit.k8s.io</c> of any version): an EventList as the webhook
/// backend posts it, an array, an event alone, or the log backend's JSON lines. Changes that were carried out count: a pod's status
/// is what runs, and any other object that runs containers was admitted.
/// </summary>
/// <param name="options">Names of annotations and headers.</param>
public sealed class AuditNormalizer(RuntimeValidationOptions options) : DocumentNormalizer
{
    private static readonly string[] Changes = ["create", "update", "patch", "delete"];

    private static readonly string[] Workloads =
    [
        "pods", "deployments", "replicasets", "statefulsets", "daemonsets", "jobs", "cronjobs", "replicationcontrollers",
    ];

    private readonly AdmissionReader _admissions = new(options);

    /// <inheritdoc/>
    public override Source Source => Source.RuntimeValidation;

    /// <inheritdoc/>
    public override string Format => "k8s-audit";

    /// <inheritdoc/>
    public override int MappingVersion => 3;

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonOrYaml;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        foreach (Node root in document.Readable(items).Where(d => d.Kind != NodeKind.Null))
        {
            IReadOnlyList<Node> events = root.Kind == NodeKind.Array ? root.Items
                : root["items"].Kind is NodeKind.Array or NodeKind.Null && IsOfAudit(root) ? root["items"].Items
                : [root];
            foreach (Node e in events)
            {
                ReadEvent(document, e, items);
            }

            if (events.Count == 0)
            {
                items.Add(new NormalisedItem.Irrelevant("a list without events"));
            }
        }
    }

    private void ReadEvent(SourceDocument document, Node e, Items items)
    {
        if (Refusal(e) is { } refused)
        {
            items.Add(refused);
            return;
        }

        string auditId = e["auditID"].String!;
        string verb = e["verb"].Text!;
        Node about = e["objectRef"];
        Node @object = Object(e);
        Node? pod = KubernetesObjects.PodOf(@object);
        var cluster = new Cluster(document, @object["metadata"], items.Notification, options);
        string name = KubernetesObjects.NameOf(@object["metadata"]["name"].HasValue ? @object["metadata"] : about);
        var hint = new NormalisedItem.Hint("a change whose event says no digest", cluster.Name, $"{about["resource"].Value} {name}");
        if (pod is null)
        {
            items.Add(!@object.HasValue && Workloads.Contains(about["resource"].Value) && about["subresource"].Value is null or "status"
                ? hint
                : new NormalisedItem.Irrelevant("an object that runs no containers"));
        }
        else if (PodReader.HasStatuses(@object))
        {
            PodReader.Read(@object, verb == "delete", cluster, options, items);
        }
        else
        {
            var admission = new Admission(auditId, @object, pod, cluster)
            {
                Delete = verb == "delete",
                Times = [e["stageTimestamp"], e["requestReceivedTimestamp"], e["timestamp"]],
            };
            _admissions.Read(admission, items, hint);
        }
    }

    /// <summary>The item that an event is where it is no change that was carried out; null where it is one.</summary>
    private static NormalisedItem? Refusal(Node e)
    {
        Node kind = e["kind"];
        if (e.Kind != NodeKind.Object || (kind.Exists && kind.String is null) || kind.IsAmbiguous)
        {
            return kind.Reject("an audit event is an object of kind Event");
        }

        // Elements of a list need not repeat the kind and the version; core's events have the same kind.
        if (kind.String is not (null or "Event") || !IsOfAudit(e))
        {
            return new NormalisedItem.Irrelevant("an object of another kind than audit event");
        }

        if (e["auditID"].String is not { Length: > 0 } || e["auditID"].IsAmbiguous || e["stage"].Value is null || e["stage"].IsAmbiguous)
        {
            return e["auditID"].Reject("an audit event needs one auditID and one stage");
        }

        return e["requestObject"].IsAmbiguous || e["responseObject"].IsAmbiguous || e["verb"].IsAmbiguous
                ? e.Reject("verb, requestObject or responseObject is stated more than once")
            : e["stage"].Text != "ResponseComplete" ? new NormalisedItem.Irrelevant("a stage at which nothing is carried out yet")
            : !Changes.Contains(e["verb"].Text) ? new NormalisedItem.Irrelevant("a request that changes no object")
            : e["responseStatus"]["code"].Int64 is < 200 or > 299 ? new NormalisedItem.Irrelevant("a request that was refused")
            : e["requestURI"].Value?.Contains("dryRun=", StringComparison.Ordinal) == true ? new NormalisedItem.Irrelevant("a dry run: nothing was changed")
            : null;
    }

    private static bool IsOfAudit(Node node) =>
        node["apiVersion"].Value?.StartsWith("audit.k8s.io/", StringComparison.Ordinal) != false;

    /// <summary>
    /// The object as the server stored it; else the one that was asked for, which a patch or a deletion doesn't hold. What is there at
    /// all depends on the event's level.
    /// </summary>
    private static Node Object(Node e)
    {
        Node response = e["responseObject"];
        bool stored = response.Kind == NodeKind.Object && response["kind"].Text != "Status";
        return stored ? response
            : e["requestObject"].Kind == NodeKind.Object && e["verb"].Text is not ("patch" or "delete") ? e["requestObject"]
            : response["metadata"];
    }
}
