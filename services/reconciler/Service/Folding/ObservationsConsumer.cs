using MassTransit;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Messaging.Consuming;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>
/// Folds the parcels that collectors send, several at a time, and takes them off their queue once that is committed.
/// Nothing takes its neighbours along: what can't be read goes to the error queue alone; when a fold fails each of its
/// messages is folded alone, and the one that fails alone is quarantined; while the store is down all of them are held.
/// </summary>
internal sealed class ObservationsConsumer(
    [FromKeyedServices(ReconcilerServices.Key)] IStore store,
    Folder folder,
    Quarantine quarantine,
    Derivation derivation,
    [FromKeyedServices(ReconcilerServices.Key)] StoreHold hold,
    RejectedItems rejected)
    : IConsumer<Batch<Parcel>>
{
    public async Task Consume(ConsumeContext<Batch<Parcel>> context)
    {
        CancellationToken cancelled = context.CancellationToken;
        var messages = new List<FoldMessage>();
        foreach (ConsumeContext<Parcel> parcel in context.Message)
        {
            messages.AddRange((await rejected.ReadAsync(parcel, message => message as ObservationsNormalised))
                .Select(i => new FoldMessage(i.Item.Id, i.Read)));
        }

        await hold.UntilDoneAsync(
            async () =>
            {
                await derivation.EnsureAsync(cancelled);
                await FoldAsync(messages, cancelled);
            },
            cancelled);
        var folded = messages.Select(m => m.Id).ToHashSet();
        foreach (ConsumeContext<Parcel> parcel in context.Message)
        {
            await parcel.ConfirmAsync([.. parcel.Message.Items.Select(i => i.Id).Where(folded.Contains)]);
        }
    }

    /// <summary>Folds messages; afterwards every one of them is folded or in quarantine.</summary>
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

    // Contention, a store that is busy, gone or another policy's, and shutting down say nothing about a message: it is held. Should the
    // store be broken for good, quarantining fails too, and the message stays where it came from.
    private bool IsOfTheMessages(Exception e, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested
        && e is not (StaleRevisionException or OtherPolicyException or ObjectDisposedException)
        && !store.IsTransient(e);
}

/// <summary>How observations are taken from the queue of a partition.</summary>
internal sealed class ObservationsConsumerDefinition : ConsumerDefinition<ObservationsConsumer>
{
    // Of each partition, all of which may wait for the store at once: with a hundred observations a parcel, some tens of
    // megabytes.
    private const int ParcelsAtOnce = 24;
    private const int Prefetched = 32;

    // The records of one release are announced at about the same time: what comes within it is folded, and announced, once.
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(50);

    public ObservationsConsumerDefinition() => Endpoint(e => e.PrefetchCount = Prefetched);

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<ObservationsConsumer> consumerConfigurator,
        IRegistrationContext context)
    {
        endpointConfigurator.PrefetchCount = Prefetched;
        consumerConfigurator.Options<BatchOptions>(o => o
            .SetMessageLimit(ParcelsAtOnce)
            .SetTimeLimit(Wait)
            .SetConcurrencyLimit(1));
    }
}
