using MassTransit;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Messaging.Consuming;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>
/// Places the pins of stewards and takes them back. The greatest sequence of a field counts, whatever comes in which order
/// and how often, so nothing has to be remembered of the messages.
/// </summary>
internal sealed class PinsConsumer(
    Folder folder, Derivation derivation, [FromKeyedServices(ReconcilerServices.Key)] StoreHold hold, RejectedItems rejected) : IConsumer<Parcel>
{
    public async Task Consume(ConsumeContext<Parcel> context)
    {
        CancellationToken cancelled = context.CancellationToken;
        IReadOnlyList<(ParcelItem Item, PinChanged Read)> pins = await rejected.ReadAsync(context, message => message as PinChanged);
        if (pins.Count > 0)
        {
            await hold.UntilDoneAsync(
                async () =>
                {
                    await derivation.EnsureAsync(cancelled);
                    await folder.PinAsync([.. pins.Select(p => (p.Read.Tuple, PinOf(p.Read)))], cancelled);
                },
                cancelled);
            await context.ConfirmAsync([.. pins.Select(p => p.Item.Id)]);
        }
    }

    /// <summary>What a message says, as evidence.</summary>
    internal static Pin PinOf(PinChanged message) => message is { Values: { } values, CandidateSet: { } set }
        ? new Pin(message.Field, values, set, message.EndsAt, message.Sequence, message.Reason)
        : Pin.TakenBack(message.Field, message.EndsAt, message.Sequence, message.Reason);
}

/// <summary>How pins are taken from their queue.</summary>
internal sealed class PinsConsumerDefinition : ConsumerDefinition<PinsConsumer>
{
    private const int ParcelsAtOnce = 4;

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<PinsConsumer> consumerConfigurator,
        IRegistrationContext context) => endpointConfigurator.PrefetchCount = ParcelsAtOnce;
}
