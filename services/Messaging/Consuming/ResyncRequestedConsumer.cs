using MassTransit;
using ReleaseIntegrity.Contracts.Messages;

namespace ReleaseIntegrity.Messaging.Consuming;

/// <summary>
/// Hands requests for a resync to the collectors of this process. Each process has a queue of its own that goes with it: a
/// request that is lost is made up for by the next scheduled resync.
/// </summary>
internal sealed class ResyncRequestedConsumer(IEnumerable<IResyncListener> listeners) : IConsumer<ResyncRequested>
{
    public async Task Consume(ConsumeContext<ResyncRequested> context)
    {
        foreach (IResyncListener listener in listeners)
        {
            await listener.HearAsync(context.Message, context.CancellationToken);
        }
    }
}

/// <summary>How requests are heard.</summary>
internal sealed class ResyncRequestedDefinition : ConsumerDefinition<ResyncRequestedConsumer>
{
    // A name per process: the queue is exclusive, and a second process that declared the same one would hear nothing.
    public ResyncRequestedDefinition()
    {
        EndpointName = $"resync-requests.v1.{Guid.NewGuid():N}";
        Endpoint(e => e.Temporary = true);
    }
}
