using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Collectors.Hosting.Operating.Commands;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Hosting;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Collectors.Hosting;

/// <summary>What every collector that is a service of its own consists of.</summary>
public static class CollectorService
{
    /// <summary>The configuration section of a collector's settings.</summary>
    public const string Section = "Collector";

    /// <summary>The collector of a source, to be run by <see cref="ServiceProgram"/>.</summary>
    /// <param name="source">The source.</param>
    /// <param name="add">Registers it with its settings, the section <c>Collector</c>, and what has the last word on them.</param>
    public static ServiceParts Of(Source source, Action<IServiceCollection, IConfiguration, Action<CollectorOptions>> add) => new()
    {
        Name = WireNames.Of(source),
        Summary = $"The collector of the source {WireNames.Of(source)}: takes notifications, keeps and normalises them, publishes evidence.",
        Migrations = CollectorServices.Migrations,
        Add = (builder, _) =>
        {
            ConfigurationManager configuration = builder.Configuration;
            add(builder.Services, configuration.GetSection(Section), options => configuration.GetSection(StoreOptions.Section).Bind(options.Store));
            builder.Services.AddBus(BusOptions.Of(configuration));
        },
        Map = app => app.MapCollector(source),
        Commands = new OperatingCommands("http://127.0.0.1:8080", severalSources: false).Create(),
    };
}
