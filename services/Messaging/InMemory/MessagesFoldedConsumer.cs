using MassTransit;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Messaging.InMemory;

/// <summary>
/// Ends the rows of this process's outboxes that a consumer has confirmed. A confirmation for another process's outbox
/// is left to that process.
/// </summary>
internal sealed class MessagesFoldedConsumer(IEnumerable<Outbox> outboxes) : IConsumer<Batch<MessagesFolded>>
{
    public async Task Consume(ConsumeContext<Batch<MessagesFolded>> context)
    {
        foreach (IGrouping<string, MessagesFolded> confirmed in context.Message
            .Select(m => m.Message)
            .GroupBy(m => m.Outbox, StringComparer.Ordinal))
        {
            if (outboxes.FirstOrDefault(o => o.Options.Name == confirmed.Key) is { } outbox)
            {
                Guid[] ids = [.. confirmed.SelectMany(m => m.MessageIds).Distinct()];
                await outbox.ConfirmAsync(ids, context.CancellationToken);
            }
        }
    }
}

/// <summary>Confirmations are many and small: one transaction ends what arrives within a few milliseconds.</summary>
internal sealed class MessagesFoldedConsumerDefinition : ConsumerDefinition<MessagesFoldedConsumer>
{
    private const int BatchLimit = 100;
    private static readonly TimeSpan BatchWait = TimeSpan.FromMilliseconds(20);

    public MessagesFoldedConsumerDefinition()
    {
        EndpointName = Queues.Confirmations.Name;
        Endpoint(e => e.PrefetchCount = BatchLimit * 2);
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<MessagesFoldedConsumer> consumerConfigurator,
        IRegistrationContext context)
    {
        // What fails here is sent, folded and confirmed again; a few tries only spare that.
        endpointConfigurator.UseMessageRetry(r => r.Intervals(100, 500, 2000));
        consumerConfigurator.Options<BatchOptions>(o => o
            .SetMessageLimit(BatchLimit)
            .SetTimeLimit(BatchWait)
            .SetConcurrencyLimit(1));
    }
}
