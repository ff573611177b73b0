using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Collectors.ArtifactRegistry.Resync;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry;

/// <summary>Registers the artifact-registry collector, for its own service and for a process that hosts several.</summary>
public static class ArtifactRegistryCollector
{
    /// <summary>Adds the collector; what a registry answered says in <c>content-location</c> whose it is, and GitHub names its deliveries in a header.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="section">The settings: those of <see cref="CollectorOptions"/>.</param>
    /// <param name="configure">Has the last word on them.</param>
    public static IServiceCollection AddArtifactRegistryCollector(
        this IServiceCollection services, IConfiguration section, Action<CollectorOptions>? configure = null) =>
        services.AddCollector(Source.ArtifactRegistry, _ => ArtifactRegistryFormats.All(), options =>
        {
            options.KeptHeaders.Add("content-location");
            options.KeptHeaders.Add("docker-content-digest");
            options.KeptHeaders.Add("x-github-delivery");
            section.Bind(options);
            configure?.Invoke(options);
        },
        ArtifactRegistryApis.All());
}
