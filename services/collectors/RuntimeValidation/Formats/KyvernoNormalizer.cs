using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation.Formats;

/// <summary>
/// <c>kyverno</c>: what Kyverno leaves in a cluster: pods and workloads with the outcomes of its image verification as
/// annotations, and its reports (policy reports and the intermediate ones), as JSON or YAML. Whoever may write an object can forge its
/// annotations: they confirm, and decide nothing.
/// </summary>
/// <param name="options">Names of annotations and headers.</param>
public sealed class KyvernoNormalizer(RuntimeValidationOptions options) : DocumentNormalizer
{
    private readonly AdmissionReader _admissions = new(options);

    /// <inheritdoc/>
    public override Source Source => Source.RuntimeValidation;

    /// <inheritdoc/>
    public override string Format => "kyverno";

    /// <inheritdoc/>
    public override int MappingVersion => 2;

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonOrYaml;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        foreach (Node root in document.Readable(items).Where(d => d.Kind != NodeKind.Null))
        {
            int before = items.Count;
            foreach ((Node @object, string? kind) in KubernetesObjects.ItemsOf(root, PolicyReport.KindOfItems))
            {
                ReadObject(document, @object, kind, items);
            }

            if (items.Count == before)
            {
                items.Add(new NormalisedItem.Irrelevant("a list without objects"));
            }
        }
    }

    private void ReadObject(SourceDocument document, Node @object, string? kind, Items items)
    {
        var cluster = new Cluster(document, @object["metadata"], items.Notification, options);
        if (@object.Kind != NodeKind.Object)
        {
            items.Reject(@object, "an object is wanted");
        }
        else if (PolicyReport.Is(@object, kind))
        {
            PolicyReport.Read(@object, cluster.Name, items);
        }
        else if (KubernetesObjects.PodOf(@object) is not { } pod)
        {
            items.Add(new NormalisedItem.Irrelevant("neither a report nor an object that runs containers"));
        }
        else if (PodReader.HasStatuses(@object))
        {
            PodReader.Read(@object, deleted: false, cluster, options, items);
        }
        else
        {
            ReadStamped(@object, pod, kind, cluster, items);
        }
    }

    private void ReadStamped(Node @object, Node pod, string? kind, Cluster cluster, Items items)
    {
        Node metadata = @object["metadata"];
        if (metadata["uid"].IsAmbiguous || metadata["resourceVersion"].IsAmbiguous || metadata["annotations"].IsAmbiguous)
        {
            items.Reject(metadata, "uid, resourceVersion or annotations is stated more than once");
        }
        else if (metadata["uid"].String is { Length: > 0 } uid)
        {
            string? version = metadata["resourceVersion"].Integer is { } counter && counter[0] != '-' ? counter : null;
            _admissions.Read(
                new Admission(uid, @object, pod, cluster) { Counter = version, Delete = metadata["deletionTimestamp"].HasValue }, items);
        }
        else
        {
            items.Add(new NormalisedItem.Hint(
                "a manifest without a uid: only the cluster's own object has an identity", cluster.Name,
                $"{kind ?? "Pod"} {KubernetesObjects.NameOf(metadata)}"));
        }
    }
}
