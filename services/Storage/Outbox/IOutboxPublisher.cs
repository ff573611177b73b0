namespace ReleaseIntegrity.Storage;

/// <summary>
/// The transport behind an outbox.
/// <para>
/// Concurrency: called for several messages at once, never for two of one order key. Failure: returning means that
/// the transport has taken the message (with a broker: that the consumer's queue has confirmed it); any exception
/// means that it has not, and the message is published again later. The same message can be published more than once.
/// </para>
/// </summary>
public interface IOutboxPublisher
{
    /// <summary>Hands one message to the transport.</summary>
    /// <param name="outbox">Name of the outbox, for the consumer to confirm to.</param>
    /// <param name="message">What to publish.</param>
    /// <param name="cancellationToken">Stops waiting; the message is published again later.</param>
    Task PublishAsync(string outbox, OutboxMessage message, CancellationToken cancellationToken);
}
