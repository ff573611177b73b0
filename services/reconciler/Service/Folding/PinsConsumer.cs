using System.Text.Json;
using MassTransit;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Messaging.Consuming;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>
/// Places the pins of stewards and takes them back. The greatest sequence of a field counts, whatever comes in which order
/// and how often, so nothing has to be remembered of the messages.
/// </summary>
internal sealed class PinsConsumer(
    Folder folder, [FromKeyedServices(ReconcilerServices.Key)] StoreHold hold, RejectedItems rejected) : IConsumer<Parcel>
{
    public async Task Consume(ConsumeContext<Parcel> context)
    {
        var pins = new List<(ImageReference Tuple, Pin Pin)>();
        var ids = new List<Guid>();
        foreach (ParcelItem item in context.Message.Items)
        {
            try
            {
                PinChanged message = MessageTypes.Deserialise(item.Type, item.Body) as PinChanged
                    ?? throw new UnknownMessageTypeException($"'{item.Type}' is not for the queue of pins");
                pins.Add((message.Tuple, PinOf(message)));
                ids.Add(item.Id);
            }
            catch (Exception e) when (e is JsonException or UnknownMessageTypeException)
            {
                await rejected.MoveAsync(Queues.Pins, context, item, e);
            }
        }

        if (pins.Count > 0)
        {
            await hold.UntilDoneAsync(() => folder.PinAsync(pins, context.CancellationToken), context.CancellationToken);
            await context.ConfirmAsync(ids);
        }
    }

    /// <summary>What a message says, as evidence.</summary>
    internal static Pin PinOf(PinChanged message) => message is { Values: { } values, CandidateSet: { } set }
        ? new Pin(message.Field, values, set, message.EndsAt, message.Sequence, message.Reason)
        : Pin.TakenBack(message.Field, message.EndsAt, message.Sequence, message.Reason);
}

/// <summary>Queue of the pins.</summary>
internal sealed class PinsConsumerDefinition : ConsumerDefinition<PinsConsumer>
{
    private const int ParcelsAtOnce = 4;

    public PinsConsumerDefinition()
    {
        EndpointName = Queues.Pins.Name;
        Endpoint(e =>
        {
            e.PrefetchCount = ParcelsAtOnce;
            e.ConfigureConsumeTopology = false;
        });
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<PinsConsumer> consumerConfigurator,
        IRegistrationContext context) => endpointConfigurator.DeclaredAs(Queues.Pins);
}
