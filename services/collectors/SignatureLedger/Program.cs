using Microsoft.AspNetCore.Builder;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>The collector as a service of its own; its settings are the configuration section <c>Collector</c>.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        WebApplicationBuilder builder = CollectorService.CreateBuilder(args);
        builder.Services.AddSignatureLedgerCollector(builder.Configuration.GetSection(CollectorService.Section));

        await using WebApplication app = builder.Build();
        app.MapCollector(Source.SignatureLedger);
        return await CollectorService.RunAsync(app);
    }
}
