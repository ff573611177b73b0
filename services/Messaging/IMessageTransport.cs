using ReleaseIntegrity.Contracts.Topology;

namespace ReleaseIntegrity.Messaging;

/// <summary>
/// What carries a bus message out of this process. Safe for concurrent use. Failure: returning means that it has been
/// taken, to a queue: by that queue; any exception means that it may not have.
/// </summary>
public interface IMessageTransport
{
    /// <summary>Whether what was taken survives a crash of every process.</summary>
    bool IsDurable { get; }

    /// <summary>Returns once messages can be taken; may take as long as a broker is down or blocks publishers.</summary>
    Task ReadyAsync(CancellationToken cancellationToken);

    /// <summary>Sends a message to a queue, or to its error queue where the headers of a fault are given.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="message">A message of <c>contracts/Messages</c>.</param>
    /// <param name="label">Its id, and what stands on it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task SendAsync(QueueDeclaration queue, object message, MessageLabel label, CancellationToken cancellationToken);

    /// <summary>Publishes a message by its type, for whoever listens, which may be nobody.</summary>
    Task PublishAsync(object message, MessageLabel label, CancellationToken cancellationToken);
}

/// <summary>What a bus message carries beside its body.</summary>
/// <param name="Id">Id of the bus message; for parcels never the same twice.</param>
/// <param name="Outbox">The outbox to confirm to; null where none waits for it.</param>
/// <param name="Fault">Why the message goes to the error queue; null for the queue itself.</param>
public sealed record MessageLabel(Guid Id, string? Outbox = null, IReadOnlyDictionary<string, object>? Fault = null)
{
    /// <summary>The header that names the outbox to confirm to.</summary>
    public const string OutboxHeader = "Release-Integrity-Outbox";
}
