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

    /// <summary>The message as JSON, UTF-8.</summary>
    public required byte[] Payload { get; init; }

    /// <summary>
    /// Queue to send to, whose consumer must get it. Null publishes by type, for whoever listens, which may be nobody.
    /// </summary>
    public string? Destination { get; init; }

    /// <summary>Messages of one key are first published in the order in which they were written; null: any order.</summary>
    public string? OrderKey { get; init; }

    /// <summary>An id that is the same for the same parts: the first 16 bytes of their SHA-256.</summary>
    public static Guid DerivedId(params IReadOnlyList<string> parts)
    {
        byte[] hash = System.Security.Cryptography.SHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes(string.Join('\n', parts)));
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
