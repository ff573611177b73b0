using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace ReleaseIntegrity.Messaging.Consuming;

/// <summary>Registration of partitioned consumers.</summary>
public static class PartitionRegistration
{
    /// <summary>Adds a consumer that takes the parcels of every partition.</summary>
    public static void AddPartitionConsumer<TConsumer, TDefinition>(this IBusRegistrationConfigurator bus)
        where TConsumer : class, IConsumer
        where TDefinition : class, IConsumerDefinition<TConsumer>
    {
        bus.AddConsumer<TConsumer, TDefinition>().ExcludeFromConfigureEndpoints();
        bus.AddHostedService<PartitionSubscriptions<TConsumer>>();
    }
}
