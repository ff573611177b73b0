using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Messaging.Consuming;
using ReleaseIntegrity.Messaging.InMemory;
using ReleaseIntegrity.Messaging.RabbitMq;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Messaging;

/// <summary>The bus of a process. Two transports, one code path: only <see cref="BusOptions"/> differ.</summary>
public static class BusServices
{
    /// <summary>Adds the bus of a process that only sends.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The options can't work.</exception>
    public static IServiceCollection AddBus(this IServiceCollection services, BusOptions options) => services.AddBus(options, _ => { });

    /// <summary>
    /// Adds the bus, the publisher of outboxes (<see cref="IOutboxPublisher"/>), the partitions of observations, and
    /// <see cref="IBusHealth"/>. Call it once. The host starts without waiting for a broker.
    /// </summary>
    /// <param name="services">Where to register.</param>
    /// <param name="options">Which transport, and where it is.</param>
    /// <param name="consumers">The consumers and sagas of this process.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The options can't work.</exception>
    public static IServiceCollection AddBus(
        this IServiceCollection services, BusOptions options, Action<IBusRegistrationConfigurator> consumers)
    {
        BusOptionsValidation.Check(options);
        services.AddSingleton(options);
        services.AddSingleton(options.ObservationPartitions);
        services.AddSingleton<IOutboxPublisher, OutboxPublisher>();
        services.AddSingleton<RejectedItems>();
        services.AddMassTransit(bus =>
        {
            // The library would report over the internet that and how it is used.
            bus.DisableUsageTelemetry();
            consumers(bus);
            if (services.Any(s => s.ServiceType == typeof(IResyncListener)))
            {
                bus.AddConsumer<ResyncRequestedConsumer, ResyncRequestedDefinition>();
            }

            if (options.UsesBroker)
            {
                bus.UseRabbitMq(options);
            }
            else
            {
                bus.UseMemory();
            }
        });
        return services;
    }
}
