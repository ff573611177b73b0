using MassTransit;
using ReleaseIntegrity.Contracts.Messages;

namespace ReleaseIntegrity.Handoff.Feed;

/// <summary>
/// The feed's messages off the bus. Order doesn't matter, so any number may run at once. A message that doesn't hold
/// together goes to the error queue at once; everything else is tried again, since the store may be busy.
/// </summary>
public sealed class HandoffFeedConsumer(HandoffFeed feed)
    : IConsumer<LedgerChanged>, IConsumer<CorrectionPackagePrepared>, IConsumer<CorrectionPackageClosed>, IConsumer<HoldOpened>, IConsumer<HoldReleased>
{
    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<LedgerChanged> context) =>
        RefuseConflict(await feed.Apply(context.Message, context.CancellationToken));

    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<CorrectionPackagePrepared> context) =>
        RefuseConflict(await feed.Apply(context.Message, context.CancellationToken));

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<CorrectionPackageClosed> context) => feed.Apply(context.Message, context.CancellationToken);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<HoldOpened> context) => feed.Apply(context.Message, context.CancellationToken);

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<HoldReleased> context) => feed.Apply(context.Message, context.CancellationToken);

    private static void RefuseConflict(FeedOutcome outcome)
    {
        if (outcome == FeedOutcome.Conflict)
        {
            throw new MalformedFeedException(
                "this revision is known with other content: the reconciler's store was replaced. Start the handoff on an empty store too");
        }
    }
}

/// <summary>Queue and retries of the feed.</summary>
public sealed class HandoffFeedConsumerDefinition : ConsumerDefinition<HandoffFeedConsumer>
{
    /// <summary>The feed's queue.</summary>
    public const string Queue = "handoff-feed";

    /// <summary>With the queue's name.</summary>
    public HandoffFeedConsumerDefinition() => EndpointName = Queue;

    /// <inheritdoc/>
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<HandoffFeedConsumer> consumerConfigurator,
        IRegistrationContext context) =>
        endpointConfigurator.UseMessageRetry(retry =>
        {
            retry.Ignore<MalformedFeedException>();
            retry.Exponential(6, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(200));
        });
}
