using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Topology;

namespace ReleaseIntegrity.Messaging.RabbitMq;

/// <summary>Sends over the publishing connection; returns when a quorum of the broker's nodes has the message.</summary>
internal sealed class RabbitMqTransport(PublishingConnection connection) : IMessageTransport
{
    public bool IsDurable => true;

    public Task ReadyAsync(CancellationToken cancellationToken) => connection.ReadyAsync(cancellationToken);

    public Task SendAsync(
        QueueDeclaration queue, object message, MessageLabel label, CancellationToken cancellationToken)
    {
        bool fault = label.Fault is not null;
        var destination = new Uri($"queue:{(fault ? queue.ErrorQueue : queue.Name)}");
        return connection.Channel.SendAsync(
            queue, fault, Envelope.PropertiesOf(label), Envelope.BodyOf(message, label.Id, destination), cancellationToken);
    }

    public Task PublishAsync(object message, MessageLabel label, CancellationToken cancellationToken)
    {
        string exchange = MessageTypes.NameOf(message.GetType());
        return connection.Channel.PublishAsync(
            exchange,
            Envelope.PropertiesOf(label),
            Envelope.BodyOf(message, label.Id, new Uri($"exchange:{exchange}")),
            cancellationToken);
    }
}
