using MassTransit;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Messaging;

/// <summary>
/// Publishes outbox rows on the bus: by type, or to the queue that a row names. The bus message carries the row's id
/// as its message id, and the outbox's name in the header <see cref="OutboxHeader"/>, for its consumer to confirm to.
/// <para>
/// Nothing is published before the bus has started with all its endpoints: an in-memory exchange that no queue is bound
/// to yet would drop the message, and it would be missing until it is sent again.
/// </para>
/// </summary>
internal sealed class MassTransitOutboxPublisher(IBus bus, IBusControl control) : IOutboxPublisher
{
    /// <summary>The header that names the sending outbox.</summary>
    public const string OutboxHeader = "Release-Integrity-Outbox";

    private volatile bool _started;

    /// <inheritdoc/>
    public async Task PublishAsync(string outbox, OutboxMessage message, CancellationToken cancellationToken)
    {
        if (!_started)
        {
            await control.WaitForHealthStatus(BusHealthStatus.Healthy, cancellationToken);
            _started = true;
        }

        object body = MessageTypes.Deserialise(message.Type, message.Payload);
        IPipe<SendContext> address = Pipe.Execute<SendContext>(context =>
        {
            context.MessageId = message.Id;
            context.Headers.Set(OutboxHeader, outbox);
        });
        if (message.Destination is { } queue)
        {
            ISendEndpoint endpoint = await bus.GetSendEndpoint(new Uri($"queue:{queue}"));
            await endpoint.Send(body, body.GetType(), address, cancellationToken);
        }
        else
        {
            await bus.Publish(body, body.GetType(), address, cancellationToken);
        }
    }
}
