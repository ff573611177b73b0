using MassTransit;
using ReleaseIntegrity.Contracts.Topology;

namespace ReleaseIntegrity.Messaging.InMemory;

/// <summary>
/// Sends within the process. Nothing is sent before the bus has started with all its endpoints: an exchange that no queue
/// is bound to yet would drop the message, and it would be missing until it is sent again.
/// </summary>
internal sealed class MemoryTransport(IBus bus, IBusControl control) : IMessageTransport
{
    private volatile bool _started;

    public bool IsDurable => false;

    public async Task SendAsync(
        QueueDeclaration queue, object message, MessageLabel label, CancellationToken cancellationToken)
    {
        await ReadyAsync(cancellationToken);
        ISendEndpoint endpoint = await bus.GetSendEndpoint(
            new Uri($"queue:{(label.Fault is null ? queue.Name : queue.ErrorQueue)}"));
        await endpoint.Send(message, message.GetType(), Pipe(label), cancellationToken);
    }

    public async Task PublishAsync(object message, MessageLabel label, CancellationToken cancellationToken)
    {
        await ReadyAsync(cancellationToken);
        await bus.Publish(message, message.GetType(), Pipe(label), cancellationToken);
    }

    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        if (!_started)
        {
            await control.WaitForHealthStatus(BusHealthStatus.Healthy, cancellationToken);
            _started = true;
        }
    }

    private static IPipe<SendContext> Pipe(MessageLabel label) => MassTransit.Pipe.Execute<SendContext>(context =>
    {
        context.MessageId = label.Id;
        if (label.Outbox is not null)
        {
            context.Headers.Set(MessageLabel.OutboxHeader, label.Outbox);
        }

        foreach ((string name, object value) in label.Fault ?? new Dictionary<string, object>())
        {
            context.Headers.Set(name, value);
        }
    });
}
