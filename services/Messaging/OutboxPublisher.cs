using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Messaging;

/// <summary>
/// Publishes outbox rows: to a queue in one parcel, or one by one where its consumer takes them so; without a queue each
/// by its type. A single message carries its row's id; a parcel has a new one whenever it is sent, since consumers that
/// batch take two messages of one id for one.
/// </summary>
internal sealed class OutboxPublisher(IMessageTransport transport) : IOutboxPublisher
{
    /// <inheritdoc/>
    public bool IsDurable => transport.IsDurable;

    /// <inheritdoc/>
    public Task ReadyAsync(CancellationToken cancellationToken) => transport.ReadyAsync(cancellationToken);

    /// <inheritdoc/>
    public Task PublishAsync(OutboxParcel parcel, CancellationToken cancellationToken)
    {
        QueueDeclaration? queue = parcel.Destination is { } name ? Queues.Named(name) : null;
        if (queue is not { TakesParcels: true })
        {
            return EachAsync(queue, parcel, cancellationToken);
        }

        var items = new Parcel(parcel.Outbox, [.. parcel.Messages.Select(m => new ParcelItem(m.Id, m.Type, m.Payload))]);
        return transport.SendAsync(queue, items, new MessageLabel(Guid.NewGuid(), ConfirmTo(parcel)), cancellationToken);
    }

    // Those of one key in their order, keys at once.
    private Task EachAsync(QueueDeclaration? queue, OutboxParcel parcel, CancellationToken cancellationToken) => Task.WhenAll(
        parcel.Messages
            .GroupBy(m => m.OrderKey ?? $"{m.Id:D}", StringComparer.Ordinal)
            .Select(async key =>
            {
                foreach (OutboxMessage message in key)
                {
                    object body = MessageTypes.Deserialise(message.Type, message.Payload);
                    var label = new MessageLabel(message.Id, queue is null ? null : ConfirmTo(parcel));
                    await (queue is null
                        ? transport.PublishAsync(body, label, cancellationToken)
                        : transport.SendAsync(queue, body, label, cancellationToken));
                }
            }));

    private string? ConfirmTo(OutboxParcel parcel) => transport.IsDurable ? null : parcel.Outbox;
}
