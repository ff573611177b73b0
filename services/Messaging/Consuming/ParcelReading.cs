using System.Text.Json;
using MassTransit;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;

namespace ReleaseIntegrity.Messaging.Consuming;

/// <summary>
/// How every consumer of parcels begins: it takes a parcel apart, and what can't be read goes to the queue's error queue
/// alone, so that it takes none of its parcel along. It ends with <see cref="FoldConfirmation"/>, once it has committed; in
/// between <see cref="StoreHold"/> holds the messages while the store is down.
/// </summary>
public static class ParcelReading
{
    /// <summary>The items of a parcel that can be read, in their order.</summary>
    /// <param name="rejected">Moves the others.</param>
    /// <param name="parcel">The parcel.</param>
    /// <param name="read">
    /// Makes of a message what the consumer works with; null where the message is not for this queue. A message that does not
    /// hold together is an exception that is an <see cref="IRejection"/>.
    /// </param>
    public static async Task<IReadOnlyList<(ParcelItem Item, T Read)>> ReadAsync<T>(
        this RejectedItems rejected, ConsumeContext<Parcel> parcel, Func<object, T?> read)
        where T : class
    {
        var items = new List<(ParcelItem, T)>(parcel.Message.Items.Count);
        foreach (ParcelItem item in parcel.Message.Items)
        {
            try
            {
                items.Add((item, read(MessageTypes.Deserialise(item.Type, item.Body))
                    ?? throw new UnknownMessageTypeException($"'{item.Type}' is not for this queue")));
            }
            catch (Exception e) when (e is JsonException or UnknownMessageTypeException or IRejection)
            {
                await rejected.MoveAsync(QueueOf(parcel), parcel, item, e);
            }
        }

        return items;
    }

    private static QueueDeclaration QueueOf(ConsumeContext context) =>
        Queues.Named(context.ReceiveContext.InputAddress.Segments[^1]);
}
