namespace ReleaseIntegrity.Collectors.RuntimeValidation;

/// <summary>Where Kubernetes objects carry what Kubernetes itself has no field for.</summary>
public sealed record RuntimeValidationOptions
{
    /// <summary>Annotation with the id of the signature envelope that the admission check linked. Default <c>releaseintegrity.dev/signature-envelope-id</c>.</summary>
    public string SignatureEnvelopeAnnotation { get; init; } = "releaseintegrity.dev/signature-envelope-id";

    /// <summary>Annotation with the outcome of the admission check: pass, fail, warn, error or skip. Default <c>releaseintegrity.dev/admission-check</c>.</summary>
    public string AdmissionCheckAnnotation { get; init; } = "releaseintegrity.dev/admission-check";

    /// <summary>Annotation that names the cluster, where the endpoint is not configured with an instance. Default <c>releaseintegrity.dev/cluster</c>.</summary>
    public string ClusterAnnotation { get; init; } = "releaseintegrity.dev/cluster";

    /// <summary>Header that names the cluster, asked before the annotation; lower case. Default <c>x-cluster-id</c>.</summary>
    public string ClusterHeader { get; init; } = "x-cluster-id";

    /// <summary>
    /// Kyverno annotations that map images to outcomes, as <c>kyverno.io/verify-images</c> (flat) or
    /// <c>kyverno.io/verify-images-scoped</c> (by policy and rule) do; the first that speaks of the image counts.
    /// </summary>
    public IReadOnlyList<string> ImageOutcomeAnnotations { get; init; } = ["kyverno.io/verify-images-scoped", "kyverno.io/verify-images"];

    /// <summary>Kyverno annotation that maps policies, not images, to outcomes. Default <c>kyverno.io/image-verification-outcomes</c>.</summary>
    public string PolicyOutcomeAnnotation { get; init; } = "kyverno.io/image-verification-outcomes";
}
