namespace ReleaseIntegrity.Storage;

/// <summary>
/// The transport behind an outbox.
/// <para>
/// Concurrency: called for several parcels at once; never for two at once that carry messages of one order key to one
/// destination. Failure: returning means that the transport has taken every message of the parcel (with a broker: that
/// the consumer's queue has confirmed it); any exception means that it may not have, and all of them are published again
/// later. The same message can be published more than once.
/// </para>
/// </summary>
public interface IOutboxPublisher
{
    /// <summary>
    /// Whether what the transport took survives a crash of every process. Where it does not, a message that has a
    /// destination is done only when its consumer has confirmed it (<see cref="Outbox.ConfirmAsync"/>); until then it is
    /// sent again after <see cref="OutboxOptions.ResendAfter"/> and at every restart.
    /// </summary>
    bool IsDurable { get; }

    /// <summary>Returns once the transport can take messages: while it can't, none are claimed and none fail.</summary>
    Task ReadyAsync(CancellationToken cancellationToken);

    /// <summary>Hands messages to the transport, those of one order key in the order given.</summary>
    /// <param name="parcel">What to publish, and where to.</param>
    /// <param name="cancellationToken">Stops waiting; the messages are published again later.</param>
    Task PublishAsync(OutboxParcel parcel, CancellationToken cancellationToken);
}

/// <summary>Messages of one outbox that go to one place.</summary>
/// <param name="Outbox">Name of the outbox, for the consumer to confirm to.</param>
/// <param name="Destination">The queue to send to; null publishes each by its type, for whoever listens.</param>
/// <param name="Messages">At least one, in the order in which they were written.</param>
public sealed record OutboxParcel(string Outbox, string? Destination, IReadOnlyList<OutboxMessage> Messages);
