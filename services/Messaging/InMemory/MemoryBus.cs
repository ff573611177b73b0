using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Contracts.Json;

namespace ReleaseIntegrity.Messaging.InMemory;

/// <summary>
/// The bus of the embedded mode: MassTransit's in-memory transport, in one process with all senders and consumers.
/// <para>
/// It forgets everything at a crash. So nothing relies on it: an outbox row with a destination is done only when its
/// consumer confirms it (<see cref="Consuming.FoldConfirmation"/>), which it does after the transaction that holds both
/// its inbox record and what it made of the message. Until then the row is sent again, after a while and at every start,
/// and the inbox tells a repetition from news.
/// </para>
/// </summary>
internal static class MemoryBus
{
    internal static void UseMemory(this IBusRegistrationConfigurator bus)
    {
        bus.AddSingleton<IMessageTransport, MemoryTransport>();
        bus.AddSingleton<IBusHealth, MemoryHealth>();
        bus.AddConsumer<MessagesFoldedConsumer, MessagesFoldedConsumerDefinition>();
        bus.UsingInMemory((context, transport) =>
        {
            transport.MessageTopology.SetEntityNameFormatter(new PublishedEntityNames(transport.MessageTopology.EntityNameFormatter));
            transport.ConfigureJsonSerializerOptions(options =>
            {
                ContractsJson.AddConverters(options);
                return options;
            });
            transport.ConfigureEndpoints(context);
        });
    }

    private sealed class MemoryHealth(TimeProvider clock) : IBusHealth
    {
        public BusStanding Standing { get; } = new(BusState.Connected, clock.GetUtcNow(), "in this process");
    }
}
