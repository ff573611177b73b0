using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Resync;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot;

/// <summary>Registers the change-snapshot collector, for its own service and for a process that hosts several.</summary>
public static class ChangeSnapshotCollector
{
    /// <summary>What event GitHub sends, and the ids of deliveries, which stay the same when one is sent again.</summary>
    private static readonly string[] Headers =
    [
        "x-github-event", "x-github-delivery", "idempotency-key", "webhook-id", "x-gitlab-event-uuid", "x-gitea-delivery", "x-forgejo-delivery",
    ];

    /// <summary>Adds the collector; it does not start with a mapping document that is wrong.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="section">The settings: those of <see cref="CollectorOptions"/>, and <c>Mappings</c>, paths of mapping documents.</param>
    /// <param name="configure">Has the last word on them.</param>
    public static IServiceCollection AddChangeSnapshotCollector(
        this IServiceCollection services, IConfiguration section, Action<CollectorOptions>? configure = null) =>
        services.AddCollector(
            Source.ChangeSnapshot,
            _ => ChangeSnapshotFormats.All(FieldMappings.Load(section.GetSection("Mappings").Get<string[]>() ?? [])),
            options =>
            {
                foreach (string header in Headers)
                {
                    options.KeptHeaders.Add(header);
                }

                section.Bind(options);
                configure?.Invoke(options);
            },
            ChangeSnapshotApis.All());
}
