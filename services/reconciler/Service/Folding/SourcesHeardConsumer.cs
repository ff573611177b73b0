using MassTransit;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Messaging.Consuming;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>
/// Moves the watermarks of source instances that answered a resync. The latest instant counts, whatever comes in which
/// order and how often, so nothing has to be remembered of the messages.
/// </summary>
internal sealed class SourcesHeardConsumer(
    Folder folder, Derivation derivation, [FromKeyedServices(ReconcilerServices.Key)] StoreHold hold, RejectedItems rejected) : IConsumer<Parcel>
{
    public async Task Consume(ConsumeContext<Parcel> context)
    {
        CancellationToken cancelled = context.CancellationToken;
        IReadOnlyList<(ParcelItem Item, SourceHeard Read)> heard = await rejected.ReadAsync(context, message => message as SourceHeard);
        if (heard.Count > 0)
        {
            await hold.UntilDoneAsync(
                async () =>
                {
                    await derivation.EnsureAsync(cancelled);
                    await folder.HearAsync([.. heard.Select(h => (h.Read.Source, h.Read.Instance, h.Read.At))], cancelled);
                },
                cancelled);
            await context.ConfirmAsync([.. heard.Select(h => h.Item.Id)]);
        }
    }
}

/// <summary>How watermarks are taken from their queue.</summary>
internal sealed class SourcesHeardConsumerDefinition : ConsumerDefinition<SourcesHeardConsumer>
{
    private const int ParcelsAtOnce = 4;

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<SourcesHeardConsumer> consumerConfigurator,
        IRegistrationContext context) => endpointConfigurator.PrefetchCount = ParcelsAtOnce;
}
