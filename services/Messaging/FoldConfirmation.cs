using MassTransit;
using ReleaseIntegrity.Contracts.Messages;

namespace ReleaseIntegrity.Messaging;

/// <summary>
/// What a consumer does once it has committed: it tells each outbox which of its messages need not be sent again. A
/// message that the inbox knew already is confirmed too, since its first confirmation may be lost.
/// </summary>
public static class FoldConfirmation
{
    /// <summary>Confirms one message.</summary>
    public static Task ConfirmAsync(this ConsumeContext context) => context.ConfirmAsync([context]);

    /// <summary>Confirms every message of a batch; those that came from no outbox need none.</summary>
    public static Task ConfirmAsync<T>(this ConsumeContext<Batch<T>> context)
        where T : class => context.ConfirmAsync(context.Message);

    private static Task ConfirmAsync(this IPublishEndpoint bus, IEnumerable<ConsumeContext> processed) =>
        Task.WhenAll(processed
            .Select(c => (Outbox: c.Headers.Get<string>(MassTransitOutboxPublisher.OutboxHeader), c.MessageId))
            .Where(m => m is { Outbox: not null, MessageId: not null })
            .GroupBy(m => m.Outbox!, m => m.MessageId!.Value, StringComparer.Ordinal)
            .Select(g => bus.Publish(new MessagesFolded(g.Key, [.. g.Distinct()]))));
}
