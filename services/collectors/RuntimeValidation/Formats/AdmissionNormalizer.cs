using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation.Formats;

/// <summary>
/// <c>admission</c>: an AdmissionReview (Kubernetes API, <c>admission.k8s.io/v1</c> and <c>v1beta1</c>) or the bare request
/// as Kubewarden and Kyverno write it. One item per container of the pod, or of the pod template of a workload.
/// </summary>
public sealed class AdmissionNormalizer : DocumentNormalizer
{
    private readonly RuntimeValidationOptions _options;
    private readonly AdmissionReader _reader;

    /// <summary>Reads annotations and headers of the given names.</summary>
    /// <param name="options">The names.</param>
    /// <param name="format">The name under which it is registered.</param>
    public AdmissionNormalizer(RuntimeValidationOptions options, string format = "admission")
    {
        _options = options;
        _reader = new AdmissionReader(options);
        Format = format;
    }

    /// <inheritdoc/>
    public override Source Source => Source.RuntimeValidation;

    /// <inheritdoc/>
    public override string Format { get; }

    /// <inheritdoc/>
    public override int MappingVersion => 3;

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonOrYaml;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        foreach (Node root in document.Readable(items).Where(d => d.Kind != NodeKind.Null)
            .SelectMany(d => d is { Kind: NodeKind.Array, HasValue: true } ? d.Items : [d]))
        {
            // What policies of Gatekeeper and Open Policy Agent are given stands under input.
            ReadReview(document, root["input"].Kind == NodeKind.Object ? root["input"] : root, items);
        }
    }

    private void ReadReview(SourceDocument document, Node root, Items items)
    {
        Node request = root["request"].Exists ? root["request"] : root["review"].Exists ? root["review"] : root;
        if (request.IsAmbiguous || request.Kind != NodeKind.Object)
        {
            items.Reject(request, "one request (an object) is wanted");
        }
        else if (root["response"]["allowed"].Boolean == false)
        {
            items.Add(new NormalisedItem.Irrelevant("a request that was denied: nothing was admitted"));
        }
        else if (request["object"].Exists || request["oldObject"].Exists)
        {
            ReadRequest(document, request, items);
        }
        else if (root["response"].Exists)
        {
            items.Add(new NormalisedItem.Irrelevant("a response: it carries no object"));
        }
        else if (root["kind"].String == "ImageReview")
        {
            items.Add(new NormalisedItem.Irrelevant("a question of the image policy webhook: it names images that shall run, and no object"));
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

        var cluster = new Cluster(document, @object["metadata"], items.Notification, _options);
        _reader.Read(new Admission(uid, @object, pod!, cluster) { Delete = delete }, items);
    }
}
