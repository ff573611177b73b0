using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Hosting;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>The collector as a service of its own.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => ServiceProgram.RunAsync(
        args, CollectorService.Of(Source.SignatureLedger, (services, settings, store) => services.AddSignatureLedgerCollector(settings, store)));
}
