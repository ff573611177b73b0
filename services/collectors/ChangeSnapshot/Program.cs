using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Hosting;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot;

/// <summary>The collector as a service of its own.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => ServiceProgram.RunAsync(
        args, CollectorService.Of(Source.ChangeSnapshot, (services, settings, store) => services.AddChangeSnapshotCollector(settings, store)));
}
