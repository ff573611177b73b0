using System.Text.Json;
using MassTransit;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Messaging.Consuming;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>
/// Moves the watermarks of source instances that answered a resync. The latest instant counts, whatever comes in which
/// order and how often, so nothing has to be remembered of the messages.
/// </summary>
internal sealed class SourcesHeardConsumer(
    Folder folder, [FromKeyedServices(ReconcilerServices.Key)] StoreHold hold, RejectedItems rejected) : IConsumer<Parcel>
{
    public async Task Consume(ConsumeContext<Parcel> context)
    {
        var heard = new List<(Source Source, string Instance, DateTimeOffset At)>();
        var ids = new List<Guid>();
        foreach (ParcelItem item in context.Message.Items)
        {
            try
            {
                SourceHeard message = MessageTypes.Deserialise(item.Type, item.Body) as SourceHeard
                    ?? throw new UnknownMessageTypeException($"'{item.Type}' is not for the queue of watermarks");
                heard.Add((message.Source, message.Instance, message.At));
                ids.Add(item.Id);
            }
            catch (Exception e) when (e is JsonException or UnknownMessageTypeException)
            {
                await rejected.MoveAsync(Queues.SourcesHeard, context, item, e);
            }
        }

        if (heard.Count > 0)
        {
            await hold.UntilDoneAsync(() => folder.HearAsync(heard, context.CancellationToken), context.CancellationToken);
            await context.ConfirmAsync(ids);
        }
    }
}

/// <summary>Queue of the watermarks.</summary>
internal sealed class SourcesHeardConsumerDefinition : ConsumerDefinition<SourcesHeardConsumer>
{
    private const int ParcelsAtOnce = 4;

    public SourcesHeardConsumerDefinition()
    {
        EndpointName = Queues.SourcesHeard.Name;
        Endpoint(e =>
        {
            e.PrefetchCount = ParcelsAtOnce;
            e.ConfigureConsumeTopology = false;
        });
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<SourcesHeardConsumer> consumerConfigurator,
        IRegistrationContext context) => endpointConfigurator.DeclaredAs(Queues.SourcesHeard);
}
