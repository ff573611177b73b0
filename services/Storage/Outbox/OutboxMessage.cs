namespace ReleaseIntegrity.Storage;

/// <summary>A message that leaves once the transaction that wrote it is durable.</summary>
public sealed record OutboxMessage
{
    /// <summary>
    /// Identity of the fact: consumers know a re-sent message by it. Where the same work can be done twice, derive it
    /// from the content (<see cref="DerivedId"/>), so that the second message is recognised too.
    /// </summary>
    public required Guid Id { get; init; }

    /// <summary>Published name of the message type; the publisher knows what to make of it.</summary>
    public required string Type { get; init; }

    /// <summary>The message as JSON.</summary>
    public required string Payload { get; init; }

    /// <summary>Queue to send to; null publishes by type.</summary>
    public string? Destination { get; init; }

    /// <summary>Messages of one key are first published in the order in which they were written; null: any order.</summary>
    public string? OrderKey { get; init; }

    /// <summary>
    /// Whether a consumer confirms it (see <see cref="OutboxOptions.WaitForConsumer"/>). False for a message whose
    /// loss is harmless, or that nobody may be listening to.
    /// </summary>
    public bool ConfirmedByConsumer { get; init; } = true;

    /// <summary>An id that is the same for the same parts: the first 16 bytes of their SHA-256.</summary>
    public static Guid DerivedId(params IReadOnlyList<string> parts)
    {
        byte[] hash = System.Security.Cryptography.SHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes(string.Join('\n', parts)));
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
