using ReleaseIntegrity.Collectors.Formats.CloudEvents;
using ReleaseIntegrity.Collectors.RuntimeValidation.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation;

/// <summary>The formats of the runtime-validation collector.</summary>
public static class RuntimeValidationFormats
{
    /// <summary>
    /// Every format of runtime observations, the shared <c>cloudevents</c> among them; <c>k8s-admission</c> is another name
    /// of <c>admission</c>.
    /// </summary>
    /// <param name="options">Names of annotations and headers.</param>
    public static IReadOnlyList<INormalizer> All(RuntimeValidationOptions options) =>
    [
        new PodNormalizer(options),
        new AdmissionNormalizer(options, "admission"),
        new AdmissionNormalizer(options, "k8s-admission"),
        new AuditNormalizer(options),
        new KyvernoNormalizer(options),
        new PolicyReportNormalizer(options),
        new RatifyNormalizer(options),
        new ArgoCdNormalizer(options),
        new FluxNormalizer(options),
        new ServiceEventsNormalizer(options),
        new CloudEventsNormalizer(Source.RuntimeValidation),
    ];
}
