using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Collectors.RuntimeValidation.Resync;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation;

/// <summary>Registers the runtime-validation collector, for its own service and for a process that hosts several.</summary>
public static class RuntimeValidationCollector
{
    /// <summary>Adds the collector; the header that names the cluster is kept with each notification.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="section">The settings: those of <see cref="CollectorOptions"/>, and <c>Names</c>, those of <see cref="RuntimeValidationOptions"/>.</param>
    /// <param name="configure">Has the last word on them.</param>
    public static IServiceCollection AddRuntimeValidationCollector(
        this IServiceCollection services, IConfiguration section, Action<CollectorOptions>? configure = null)
    {
        RuntimeValidationOptions names =
            section.GetSection("Names").Get<RuntimeValidationOptions>() ?? new RuntimeValidationOptions();
        return services.AddCollector(Source.RuntimeValidation, _ => RuntimeValidationFormats.All(names), options =>
        {
            options.KeptHeaders.Add(names.ClusterHeader);
            section.Bind(options);
            configure?.Invoke(options);
        },
        RuntimeValidationApis.All());
    }
}
