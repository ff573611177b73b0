using System.Globalization;
using MassTransit;
using Microsoft.Extensions.Logging;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;

namespace ReleaseIntegrity.Messaging.Consuming;

/// <summary>
/// Moves single items to a queue's error queue, each in a parcel of its own with the fault in its headers, so that one
/// that can't be processed takes none of its parcel along. When this returns the error queue has them.
/// </summary>
public sealed class RejectedItems(IMessageTransport transport, TimeProvider clock, ILogger<RejectedItems> logger)
{
    /// <summary>Moves one item.</summary>
    /// <param name="queue">The queue that it came from.</param>
    /// <param name="context">The parcel that it came in.</param>
    /// <param name="item">The item.</param>
    /// <param name="reason">Why. Its text is kept only where it can't quote content.</param>
    public async Task MoveAsync(QueueDeclaration queue, ConsumeContext<Parcel> context, ParcelItem item, Exception reason)
    {
        string text = reason is UnknownMessageTypeException or IRejection ? reason.Message : "the item could not be processed";
        logger.LogError(
            "Item {ItemId} ({ItemType}) of {Queue} goes to {ErrorQueue}: {Exception}: {Reason}",
            item.Id, item.Type, queue.Name, queue.ErrorQueue, reason.GetType().Name, text);
        var fault = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["MT-Reason"] = "fault",
            ["MT-Fault-ExceptionType"] = reason.GetType().FullName!,
            ["MT-Fault-Message"] = text,
            ["MT-Fault-Timestamp"] = clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
            ["MT-Fault-StackTrace"] = reason.StackTrace ?? "",
            ["MT-Fault-InputAddress"] = $"queue:{queue.Name}",
        };
        var label = new MessageLabel(Guid.NewGuid(), context.Headers.Get<string>(MessageLabel.OutboxHeader), fault);
        await transport.SendAsync(queue, context.Message with { Items = [item] }, label, context.CancellationToken);
    }
}

/// <summary>Marks exceptions whose text quotes no content, so that it may be kept and shown.</summary>
public interface IRejection
{
    /// <summary>The text.</summary>
    string Message { get; }
}
