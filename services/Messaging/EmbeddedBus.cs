using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Messaging;

/// <summary>
/// The bus of the embedded mode: MassTransit's in-memory transport, in one process with all senders and consumers.
/// <para>
/// It forgets everything at a crash, and drops what nobody is bound to. So nothing relies on it: an outbox row
/// (<see cref="OutboxOptions.WaitForConsumer"/>) is done only when its consumer confirms it
/// (<see cref="FoldConfirmation"/>), which it does after the transaction that holds both its inbox record and what it
/// made of the message. Until then the row is sent again, after a while and at every start, and the inbox tells a
/// repetition from news.
/// </para>
/// </summary>
public static class EmbeddedBus
{
    /// <summary>Adds the bus, the outbox publisher, and the consumer that ends confirmed rows. Call it once.</summary>
    /// <param name="services">Where to register.</param>
    /// <param name="consumers">The consumers and sagas of this process; their endpoints are named by MassTransit.</param>
    public static IServiceCollection AddEmbeddedBus(
        this IServiceCollection services, Action<IBusRegistrationConfigurator> consumers)
    {
        services.AddSingleton<IOutboxPublisher, MassTransitOutboxPublisher>();
        services.AddMassTransit(bus =>
        {
            bus.SetKebabCaseEndpointNameFormatter();
            bus.AddConsumer<MessagesFoldedConsumer, MessagesFoldedConsumerDefinition>();
            consumers(bus);
            bus.UsingInMemory((context, transport) =>
            {
                transport.ConfigureJsonSerializerOptions(options =>
                {
                    ContractsJson.AddConverters(options);
                    return options;
                });
                transport.ConfigureEndpoints(context);
            });
        });
        return services;
    }
}
