using ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;
using ReleaseIntegrity.Collectors.Formats.CloudEvents;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry;

/// <summary>The formats that this collector knows, one endpoint each.</summary>
public static class ArtifactRegistryFormats
{
    /// <summary>All formats of the artifact registry, the shared <c>cloudevents</c> among them.</summary>
    public static IReadOnlyList<INormalizer> All() =>
    [
        new DistributionNormalizer(),
        new HarborNormalizer(),
        new GitHubPackagesNormalizer(),
        new DockerHubNormalizer(),
        new QuayNormalizer(),
        new AmazonNormalizer(),
        new AzureNormalizer(),
        new GoogleNormalizer(),
        new JFrogNormalizer(),
        new AlibabaNormalizer(),
        new OciLayoutNormalizer(),
        new OciDistributionNormalizer(),
        new ArtifactEventsNormalizer(),
        new CloudEventsNormalizer(Source.ArtifactRegistry),
    ];
}
