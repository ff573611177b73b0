using ReleaseIntegrity.Collectors.Hosting.Resync;

namespace ReleaseIntegrity.Collectors.RuntimeValidation.Resync;

/// <summary>The APIs by which runtimes can be asked.</summary>
public static class RuntimeValidationApis
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<SourceApi> All() =>
        [new(KubernetesClient.Api, c => new KubernetesClient(c)) { Refusals = KubernetesClient.Refusals }];
}
