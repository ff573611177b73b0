using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Collectors.SignatureLedger.Resync;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>Registers the signature-ledger collector, for its own service and for a process that hosts several.</summary>
public static class SignatureLedgerCollector
{
    /// <summary>Adds the collector.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="section">The settings: those of <see cref="CollectorOptions"/>.</param>
    /// <param name="configure">Has the last word on them.</param>
    public static IServiceCollection AddSignatureLedgerCollector(
        this IServiceCollection services, IConfiguration section, Action<CollectorOptions>? configure = null) =>
        services.AddCollector(Source.SignatureLedger, _ => SignatureLedgerFormats.All(), options =>
        {
            section.Bind(options);
            configure?.Invoke(options);
        },
        SignatureLedgerApis.All());
}
