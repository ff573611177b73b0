using MassTransit;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Messaging.Consuming;

namespace ReleaseIntegrity.Handoff.Feed;

/// <summary>
/// The feed's parcels off the bus, each in one transaction. Order doesn't matter. An item that doesn't hold together goes
/// to the error queue alone; when recording fails each item is recorded alone, and the one that fails alone follows it;
/// while the store is down the parcel is held.
/// </summary>
internal sealed class HandoffFeedConsumer(
    HandoffFeed feed, [FromKeyedServices(HandoffHosting.Key)] StoreHold hold, RejectedItems rejected) : IConsumer<Parcel>
{
    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<Parcel> context)
    {
        await RecordAsync(context, await rejected.ReadAsync(
            context, message => message is LedgerChanged or CorrectionPackagePrepared or CorrectionPackageClosed ? feed.Check(message) : null));
    }

    private async Task RecordAsync(ConsumeContext<Parcel> context, IReadOnlyList<(ParcelItem Item, FeedFact Fact)> items)
    {
        IReadOnlyList<FeedOutcome> outcomes = [];
        try
        {
            await hold.RunAsync(
                async () => outcomes = await feed.RecordAsync([.. items.Select(i => i.Fact)], context.CancellationToken),
                context.CancellationToken);
        }
        catch (Exception e) when (!context.CancellationToken.IsCancellationRequested)
        {
            if (items.Count == 1)
            {
                await rejected.MoveAsync(Queues.HandoffFeed, context, items[0].Item, e);
                return;
            }

            foreach ((ParcelItem Item, FeedFact Fact) item in items)
            {
                await RecordAsync(context, [item]);
            }

            return;
        }

        for (int i = 0; i < items.Count; i++)
        {
            if (outcomes[i] == FeedOutcome.Conflict)
            {
                await rejected.MoveAsync(Queues.HandoffFeed, context, items[i].Item, new MalformedFeedException(
                    "this revision is known with other content: the reconciler's store was replaced. Start the handoff on an empty store too"));
            }
        }

        await context.ConfirmAsync([.. items.Where((_, i) => outcomes[i] != FeedOutcome.Conflict).Select(i => i.Item.Id)]);
    }
}

/// <summary>Queue of the feed.</summary>
internal sealed class HandoffFeedConsumerDefinition : ConsumerDefinition<HandoffFeedConsumer>
{
    private const int ParcelsAtOnce = 8;

    /// <summary>With the queue's name.</summary>
    public HandoffFeedConsumerDefinition()
    {
        EndpointName = Queues.HandoffFeed.Name;
        Endpoint(e =>
        {
            e.PrefetchCount = ParcelsAtOnce;
            e.ConfigureConsumeTopology = false;
        });
    }

    /// <inheritdoc/>
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<HandoffFeedConsumer> consumerConfigurator,
        IRegistrationContext context) => endpointConfigurator.DeclaredAs(Queues.HandoffFeed);
}
