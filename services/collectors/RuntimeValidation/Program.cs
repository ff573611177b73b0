using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Hosting;

namespace ReleaseIntegrity.Collectors.RuntimeValidation;

/// <summary>The collector as a service of its own.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => ServiceProgram.RunAsync(
        args, CollectorService.Of(Source.RuntimeValidation, (services, settings, store) => services.AddRuntimeValidationCollector(settings, store)));
}
