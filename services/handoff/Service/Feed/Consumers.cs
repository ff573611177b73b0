using System.Collections.Concurrent;
using System.Text.Json;
using MassTransit;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Messaging.Consuming;

namespace ReleaseIntegrity.Handoff.Feed;

/// <summary>
/// The feed's parcels off the bus. Order doesn't matter, so many items are taken at once, and share commits. An item that
/// doesn't hold together goes to the error queue alone; while the store is down the parcel is held.
/// </summary>
internal sealed class HandoffFeedConsumer(
    HandoffFeed feed, [FromKeyedServices(HandoffHosting.Key)] StoreHold hold, RejectedItems rejected) : IConsumer<Parcel>
{
    private const int ItemsAtOnce = 16;

    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<Parcel> context)
    {
        var taken = new ConcurrentBag<Guid>();
        await Parallel.ForEachAsync(
            context.Message.Items,
            new ParallelOptions { MaxDegreeOfParallelism = ItemsAtOnce, CancellationToken = context.CancellationToken },
            async (item, cancelled) =>
            {
                try
                {
                    await hold.RunAsync(() => TakeAsync(item, cancelled), IsFinal, cancelled);
                    taken.Add(item.Id);
                }
                catch (Exception e) when (!cancelled.IsCancellationRequested)
                {
                    await rejected.MoveAsync(Queues.HandoffFeed, context, item, e);
                }
            });
        await context.ConfirmAsync(taken);
    }

    private async Task TakeAsync(ParcelItem item, CancellationToken cancelled)
    {
        FeedOutcome outcome = MessageTypes.Deserialise(item.Type, item.Body) switch
        {
            LedgerChanged message => await feed.Apply(message, cancelled),
            CorrectionPackagePrepared message => await feed.Apply(message, cancelled),
            CorrectionPackageClosed message => await feed.Apply(message, cancelled),
            HoldOpened message => await feed.Apply(message, cancelled),
            HoldReleased message => await feed.Apply(message, cancelled),
            _ => throw new UnknownMessageTypeException($"'{item.Type}' is not for the handoff's queue"),
        };
        if (outcome == FeedOutcome.Conflict)
        {
            throw new MalformedFeedException(
                "this revision is known with other content: the reconciler's store was replaced. Start the handoff on an empty store too");
        }
    }

    private static bool IsFinal(Exception e) => e is MalformedFeedException or JsonException or UnknownMessageTypeException;
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
