using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Contracts.Topology;

namespace ReleaseIntegrity.Messaging.Consuming;

/// <summary>Registration of consumers that wait until their process may take anything (<see cref="IPartitionGate"/>).</summary>
public static class PartitionRegistration
{
    /// <summary>Adds a consumer that takes the parcels of every partition.</summary>
    public static void AddPartitionConsumer<TConsumer, TDefinition>(this IBusRegistrationConfigurator bus)
        where TConsumer : class, IConsumer
        where TDefinition : class, IConsumerDefinition<TConsumer> =>
        bus.AddGated<TConsumer, TDefinition>(provider => provider.GetRequiredService<ObservationPartitions>().Queues);

    /// <summary>Adds a consumer that takes the parcels of one queue, which replicas share.</summary>
    public static void AddGatedConsumer<TConsumer, TDefinition>(this IBusRegistrationConfigurator bus, QueueDeclaration queue)
        where TConsumer : class, IConsumer
        where TDefinition : class, IConsumerDefinition<TConsumer> =>
        bus.AddGated<TConsumer, TDefinition>(_ => [queue]);

    private static void AddGated<TConsumer, TDefinition>(
        this IBusRegistrationConfigurator bus, Func<IServiceProvider, IReadOnlyList<QueueDeclaration>> queues)
        where TConsumer : class, IConsumer
        where TDefinition : class, IConsumerDefinition<TConsumer>
    {
        bus.AddConsumer<TConsumer, TDefinition>().ExcludeFromConfigureEndpoints();
        bus.AddHostedService(provider =>
            ActivatorUtilities.CreateInstance<PartitionSubscriptions<TConsumer>>(provider, queues(provider)));
    }
}
