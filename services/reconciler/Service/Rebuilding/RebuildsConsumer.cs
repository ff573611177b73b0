using MassTransit;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Messaging.Consuming;

namespace ReleaseIntegrity.Reconciling.Rebuilding;

/// <summary>Takes requests to send everything again off the bus: each is a row before its message is confirmed.</summary>
internal sealed class RebuildsConsumer(
    Rebuilder rebuilder, [FromKeyedServices(ReconcilerServices.Key)] StoreHold hold, RejectedItems rejected) : IConsumer<Parcel>
{
    public async Task Consume(ConsumeContext<Parcel> context)
    {
        CancellationToken cancelled = context.CancellationToken;
        IReadOnlyList<(ParcelItem Item, RebuildRequested Read)> requests = await rejected.ReadAsync(context, message => message as RebuildRequested);
        if (requests.Count > 0)
        {
            await hold.UntilDoneAsync(() => rebuilder.RequestAsync([.. requests.Select(r => r.Read)], cancelled), cancelled);
            await context.ConfirmAsync([.. requests.Select(r => r.Item.Id)]);
        }
    }
}

/// <summary>How requests are taken from their queue.</summary>
internal sealed class RebuildsConsumerDefinition : ConsumerDefinition<RebuildsConsumer>
{
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<RebuildsConsumer> consumerConfigurator,
        IRegistrationContext context) => endpointConfigurator.PrefetchCount = 1;
}
