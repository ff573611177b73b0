using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Retention;

/// <summary>Registers the retention of one collector.</summary>
internal static class RetentionServices
{
    private const string ClientName = "retention";

    public static void AddRetention(this IServiceCollection services, Source source)
    {
        services.AddHttpClient(ClientName).RemoveAllLoggers().AddStandardResilienceHandler();
        services.AddSingleton<IValidateOptions<CollectorOptions>>(provider => new RetentionRefusals(
            WireNames.Of(source), provider.GetService<IEvidenceReferences>() is not null));
        services.AddSingleton<IHostedService>(provider =>
        {
            Collector collector = provider.GetRequiredKeyedService<Collector>(source);
            return new RetentionLoop(
                collector,
                provider.GetService<IEvidenceReferences>() ?? OverHttp(provider, collector.Options.Retention),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<RetentionLoop>>());
        });
    }

    private static ReconcilerReferences? OverHttp(IServiceProvider provider, RetentionOptions options) =>
        RetentionRefusals.AddressOf(options) is { } address
            ? new ReconcilerReferences(() => provider.GetRequiredService<IHttpClientFactory>().CreateClient(ClientName), address)
            : null;
}
