using MassTransit;
using ReleaseIntegrity.Contracts.Messages;

namespace ReleaseIntegrity.Messaging.Consuming;

/// <summary>
/// What a consumer does once it has committed: it tells the sending outbox which of its messages need not be sent again. A
/// message that the inbox knew already is confirmed too, since its first confirmation may be lost. Where a durable
/// transport carried the message nobody waits, and nothing is sent.
/// </summary>
public static class FoldConfirmation
{
    /// <summary>Confirms one message that is no parcel.</summary>
    public static Task ConfirmAsync(this ConsumeContext context) =>
        context.MessageId is { } id ? ConfirmAsync(context, [id]) : Task.CompletedTask;

    /// <summary>Confirms items of a parcel.</summary>
    /// <param name="context">The parcel.</param>
    /// <param name="items">The items that were processed.</param>
    public static Task ConfirmAsync(this ConsumeContext context, IReadOnlyCollection<Guid> items) =>
        items.Count > 0 && context.Headers.Get<string>(MessageLabel.OutboxHeader) is { } outbox
            ? context.Publish(new MessagesFolded(outbox, [.. items]))
            : Task.CompletedTask;
}
