using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseIntegrity.Collectors.Hosting.Intake;
using ReleaseIntegrity.Collectors.Hosting.Normalising;
using ReleaseIntegrity.Collectors.Hosting.Resync;
using ReleaseIntegrity.Collectors.Hosting.Retention;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Hosting.Doctor;
using ReleaseIntegrity.Hosting.Draining;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Collectors.Hosting;

/// <summary>Registers a collector; <see cref="CollectorEndpoints"/> maps it.</summary>
public static class CollectorServices
{
    /// <summary>The schema of every collector's store.</summary>
    public static MigrationSet Migrations { get; } = new("collector", typeof(CollectorServices).Assembly);

    /// <summary>
    /// Adds the collector of one source: its store, intake, normalising loop and outbox. Call it once per source.
    /// Its messages leave through the registered <see cref="IOutboxPublisher"/>; without one they wait in the outbox.
    /// </summary>
    /// <param name="services">Where to register.</param>
    /// <param name="source">The source.</param>
    /// <param name="normalisers">One per format, made when the service starts.</param>
    /// <param name="configure">
    /// Sets the options, for example <c>o =&gt; configuration.GetSection("Collector").Bind(o)</c>.
    /// </param>
    /// <param name="apis">The APIs by which the source can be asked; <see cref="CollectorOptions.Resync"/> says where.</param>
    public static IServiceCollection AddCollector(
        this IServiceCollection services,
        Source source,
        Func<IServiceProvider, IReadOnlyCollection<INormalizer>> normalisers,
        Action<CollectorOptions> configure,
        IReadOnlyCollection<SourceApi>? apis = null)
    {
        string name = WireNames.Of(source);
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<CollectorOptions>(name)
            .Configure(options => options.Store = StoreOptions.Of(name))
            .Configure(configure)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<CollectorOptions>>(provider => new CollectorOptionsValidation(
            name, [.. provider.GetRequiredKeyedService<NormaliserSet>(source).Normalisers.Select(n => n.Format)]));
        services.AddKeyedSingleton(source, (provider, _) => NormaliserSet.Of(source, normalisers(provider)));
        services.AddKeyedSingleton<IStore>(source, (provider, _) => Stores.Open(Options(provider, name).Store, Migrations));
        services.AddKeyedSingleton(source, (provider, _) => new Collector(
            source,
            provider.GetRequiredKeyedService<NormaliserSet>(source).Normalisers,
            Options(provider, name),
            provider.GetRequiredKeyedService<IStore>(source),
            provider.GetService<ObservationPartitions>() ?? new ObservationPartitions(1),
            provider.GetRequiredService<TimeProvider>()));

        services.AddSingleton(provider => provider.GetRequiredKeyedService<Collector>(source).Outbox);
        services.AddSingleton<IHostedService>(provider => new ListenGuard(
            provider.GetRequiredKeyedService<Collector>(source), provider.GetService<IServer>()));
        services.AddSingleton<IHostedService>(provider => new NormalisationLoop(
            provider.GetRequiredKeyedService<Collector>(source),
            provider.GetRequiredKeyedService<ResyncRequests>(source),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<NormalisationLoop>>()));
        services.AddResync(source, apis ?? [], configure);
        services.AddRetention(source);
        services.AddSingleton<IHostedService>(provider => Dispatcher(provider, source));
        services.AddSingleton<IDrainStep>(provider => new BacklogDrain(
            provider.GetRequiredKeyedService<Collector>(source), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IExamination>(provider => new CredentialExamination(
            [.. provider.GetRequiredKeyedService<NormaliserSet>(source).Normalisers.Select(n => n.Format)], Options(provider, name)));
        services.AddHealthChecks()
            .Add(Health($"{name} store", provider => new StoreHealth(provider.GetRequiredKeyedService<Collector>(source))))
            .Add(Health($"{name} intake", provider => new IntakeHealth(provider.GetRequiredKeyedService<Collector>(source))));
        return services;
    }

    private static HealthCheckRegistration Health(string name, Func<IServiceProvider, IHealthCheck> check) =>
        new(name, check, failureStatus: null, tags: null);

    private static CollectorOptions Options(IServiceProvider provider, string name) =>
        provider.GetRequiredService<IOptionsMonitor<CollectorOptions>>().Get(name);

    private static BackgroundService Dispatcher(IServiceProvider provider, Source source)
    {
        Collector collector = provider.GetRequiredKeyedService<Collector>(source);
        ILogger<OutboxDispatcher> logger = provider.GetRequiredService<ILogger<OutboxDispatcher>>();
        return provider.GetService<IOutboxPublisher>() is { } publisher
            ? new OutboxDispatcher(collector.Outbox, publisher, logger)
            : new NoTransport(collector.Outbox, logger);
    }

    private sealed class NoTransport(Outbox outbox, ILogger logger) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken)
        {
            logger.LogWarning("Outbox {Outbox}: no transport is registered; messages wait until there is one", outbox.Options.Name);
            return Task.CompletedTask;
        }
    }
}

/// <summary>The normalisers of one source, one per format.</summary>
internal sealed record NormaliserSet(IReadOnlyCollection<INormalizer> Normalisers)
{
    public static NormaliserSet Of(Source source, IReadOnlyCollection<INormalizer> normalisers)
    {
        string? wrong = normalisers.FirstOrDefault(n => n.Source != source)?.Format
            ?? normalisers.GroupBy(n => n.Format, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1)?.Key;
        return wrong is null && normalisers.Count > 0
            ? new NormaliserSet(normalisers)
            : throw new ArgumentException(
                $"the collector of {WireNames.Of(source)} needs normalisers of that source, one per format; see '{wrong}'");
    }
}
