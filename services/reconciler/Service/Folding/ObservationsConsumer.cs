using MassTransit;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>
/// Folds what collectors publish, a batch at a time, and confirms it once it is committed. When a batch fails each of
/// its messages is folded alone, and the one that fails alone is quarantined: it takes no neighbour along.
/// </summary>
internal sealed class ObservationsConsumer(
    [FromKeyedServices(ReconcilerServices.Key)] IStore store, Folder folder, Quarantine quarantine, Derivation derivation)
    : IConsumer<Batch<ObservationsNormalised>>
{
    public async Task Consume(ConsumeContext<Batch<ObservationsNormalised>> context)
    {
        await derivation.EnsureAsync(context.CancellationToken);
        await FoldAsync(
            [.. context.Message.Select(m => new FoldMessage(MessageId(m), m.Message))], context.CancellationToken);
        await context.ConfirmAsync();
    }

    /// <summary>Folds a batch; afterwards every message of it is folded or in quarantine.</summary>
    internal async Task FoldAsync(IReadOnlyList<FoldMessage> messages, CancellationToken cancellationToken)
    {
        try
        {
            await folder.FoldAsync(messages, cancellationToken);
            return;
        }
        catch (Exception e) when (IsOfTheMessages(e, cancellationToken))
        {
            if (messages.Count == 1)
            {
                await quarantine.TakeAsync(messages[0], e, cancellationToken);
                return;
            }
        }

        foreach (FoldMessage message in messages)
        {
            await FoldAsync([message], cancellationToken);
        }
    }

    // Contention, a store that is busy or gone, and shutting down say nothing about a message: the transport brings it
    // again. Should the store be broken for good, quarantining fails too, and the message stays where it came from.
    private bool IsOfTheMessages(Exception e, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested
        && e is not (StaleRevisionException or ObjectDisposedException)
        && !store.IsTransient(e);

    private static Guid MessageId(ConsumeContext<ObservationsNormalised> context) =>
        context.MessageId ?? OutboxMessage.DerivedId(context.Message.NotificationSha256, context.Message.Format, $"{context.SentTime:O}");
}

/// <summary>How observations are taken from their queue.</summary>
internal sealed class ObservationsConsumerDefinition : ConsumerDefinition<ObservationsConsumer>
{
    private const int BatchLimit = 100;
    private static readonly TimeSpan BatchWait = TimeSpan.FromMilliseconds(20);

    public ObservationsConsumerDefinition()
    {
        EndpointName = "observations";
        Endpoint(e => e.PrefetchCount = BatchLimit * 2);
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<ObservationsConsumer> consumerConfigurator,
        IRegistrationContext context)
    {
        endpointConfigurator.UseMessageRetry(r => r.Exponential(
            5, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(200)));
        consumerConfigurator.Options<BatchOptions>(o => o
            .SetMessageLimit(BatchLimit)
            .SetTimeLimit(BatchWait)
            .SetConcurrencyLimit(1));
    }
}
