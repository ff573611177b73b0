using MassTransit;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Hosting.Doctor;
using ReleaseIntegrity.Messaging.Consuming;
using ReleaseIntegrity.Policies;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Reconciling.Folding;
using ReleaseIntegrity.Reconciling.Lifecycle;
using ReleaseIntegrity.Reconciling.Lifecycle.Storing;
using ReleaseIntegrity.Reconciling.Rebuilding;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling;

/// <summary>Registers the reconciler; <see cref="ReconcilerEndpoints"/> maps it.</summary>
public static class ReconcilerServices
{
    /// <summary>The key of the reconciler's own store and outbox, and the outbox's name.</summary>
    public const string Key = "reconciler";

    /// <summary>The schema of its store.</summary>
    public static MigrationSet Migrations { get; } = new(Key, typeof(ReconcilerServices).Assembly);

    /// <summary>
    /// Adds store, folding, timers and outbox. Its messages leave through the registered <see cref="IOutboxPublisher"/>,
    /// which <c>AddBus</c> brings; the bus takes <see cref="AddReconcilerConsumers"/>.
    /// </summary>
    /// <param name="services">Where to register. A <see cref="Policy"/> that is registered already is used.</param>
    /// <param name="configure">Sets the options.</param>
    public static IServiceCollection AddReconciler(this IServiceCollection services, Action<ReconcilerOptions> configure)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddOptions<ReconcilerOptions>().Configure(configure).Validate(
            o => o.PackageSettling >= TimeSpan.Zero && o.PackageSettling <= TimeSpan.FromMinutes(5),
            $"{ReconcilerOptions.Section}:{nameof(ReconcilerOptions.PackageSettling)} must be from 00:00:00 to 00:05:00");
        services.TryAddSingleton(provider => Load(Options(provider).PolicyFile));
        services.AddSingleton<ReconcilerMetrics>();

        services.AddKeyedSingleton<IStore>(Key, (provider, _) => Stores.Open(Options(provider).Store, Migrations));
        services.AddKeyedSingleton(Key, (provider, _) => new Outbox(
            Store(provider),
            new OutboxOptions { Name = Key },
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => provider.GetRequiredKeyedService<Outbox>(Key));
        services.AddKeyedSingleton(Key, (provider, _) => new StoreHold(
            Store(provider), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<StoreHold>>()));
        services.AddKeyedSingleton(Key, (provider, _) => new Timers(Store(provider), provider.GetRequiredService<TimeProvider>()));

        services.AddSingleton<IEvidenceStore>(provider =>
            new EvidenceStore(Store(provider).Engine, provider.GetRequiredService<Policy>()));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<Folder>(
            provider, Store(provider), provider.GetRequiredKeyedService<Outbox>(Key), Timers(provider), Options(provider).PackageSettling));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<Derivation>(provider, Store(provider)));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<Quarantine>(provider, Store(provider), Timers(provider)));
        services.AddSingleton<DueTuples>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<Rebuilder>(
            provider, Store(provider), provider.GetRequiredKeyedService<Outbox>(Key), Timers(provider)));
        services.AddSingleton(provider => new ReconcilerQueries(
            Store(provider),
            provider.GetRequiredService<IEvidenceStore>(),
            provider.GetRequiredService<Quarantine>(),
            provider.GetRequiredService<Rebuilder>(),
            provider.GetRequiredService<Derivation>()));

        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<Derivation>());
        services.AddSingleton<IPartitionGate>(provider => provider.GetRequiredService<Derivation>());
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<OutboxDispatcher>(
            provider, provider.GetRequiredKeyedService<Outbox>(Key)));
        services.AddSingleton<IHostedService>(Sweep);
        services.AddSingleton<IExamination>(provider => new PolicyExamination(Options(provider)));
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            $"{Key} evidence", provider => ActivatorUtilities.CreateInstance<EvidenceHealth>(provider), null, null));
        return services;
    }

    /// <summary>Adds the reconciler's consumers and sagas to a bus.</summary>
    public static void AddReconcilerConsumers(this IBusRegistrationConfigurator bus)
    {
        bus.AddPartitionConsumer<ObservationsConsumer, ObservationsConsumerDefinition>();
        bus.AddGatedConsumer<SourcesHeardConsumer, SourcesHeardConsumerDefinition>(Queues.SourcesHeard);
        bus.AddGatedConsumer<PinsConsumer, PinsConsumerDefinition>(Queues.Pins);
        bus.AddGatedConsumer<RebuildsConsumer, RebuildsConsumerDefinition>(Queues.Rebuilds);
        bus.AddSagaStateMachine<CaseStateMachine, ReleaseCase, CaseDefinition>().StoredUnder(Key);
    }

    private static TimerSweep Sweep(IServiceProvider provider) => new(
        Timers(provider),
        [provider.GetRequiredService<DueTuples>(), provider.GetRequiredService<Quarantine>(), provider.GetRequiredService<Rebuilder>()],
        new TimerSweepOptions { StartAfter = provider.GetRequiredService<Derivation>().OpenAsync },
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<TimerSweep>>());

    private static Policy Load(string? path) => path is null
        ? PolicyFile.Default()
        : PolicyFile.Load(path) switch
        {
            PolicyResult.Loaded loaded => loaded.Policy,
            PolicyResult refused => throw new OptionsValidationException(
                nameof(ReconcilerOptions.PolicyFile), typeof(ReconcilerOptions), [$"the policy is refused:\n{refused}"]),
        };

    private static IStore Store(IServiceProvider provider) => provider.GetRequiredKeyedService<IStore>(Key);

    private static Timers Timers(IServiceProvider provider) => provider.GetRequiredKeyedService<Timers>(Key);

    private static ReconcilerOptions Options(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<ReconcilerOptions>>().Value;
}
