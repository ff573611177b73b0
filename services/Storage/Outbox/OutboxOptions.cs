namespace ReleaseIntegrity.Storage;

/// <summary>How an outbox is emptied.</summary>
public sealed record OutboxOptions
{
    /// <summary>
    /// Name of the outbox, unique among the services that share a bus: consumers confirm to it.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>Messages claimed at once, at most. Default 256.</summary>
    public int BatchLimit { get; init; } = 256;

    /// <summary>
    /// Messages sent and not yet confirmed by their consumer, at most. Default 1,024. Processes that claim at the same
    /// instant may each use up what is left of it.
    /// </summary>
    public int UnconfirmedLimit { get; init; } = 1024;

    /// <summary>Messages that travel in one parcel, at most. Default 100.</summary>
    public int ParcelItemLimit { get; init; } = 100;

    /// <summary>Bytes of JSON in one parcel, at most; a longer message has one of its own. Default 128 KiB.</summary>
    public int ParcelByteLimit { get; init; } = 128 * 1024;

    /// <summary>
    /// How long a dispatcher that was woken waits for further messages to join the first, since what a broker charges for is
    /// the parcel. Default 10 ms.
    /// </summary>
    public TimeSpan Gather { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Parcels in the transport's hands at once, at most. Default 16.</summary>
    public int PublishConcurrency { get; init; } = 16;

    /// <summary>
    /// How long a claim lasts before another process may take the messages: what one that died had claimed waits for so
    /// long, and what a slow one has claimed is published twice after it. Default 10 s.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When an unconfirmed message is sent again. Default 30 s.</summary>
    public TimeSpan ResendAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// First delay after a failed publish, of which a random half is waited at least and all of it at most; it doubles up
    /// to <see cref="RetryLimit"/>. Default 0.2 s.
    /// </summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest delay after failed publishes. A message is never given up. Default 1 min.</summary>
    public TimeSpan RetryLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the table is looked at when nothing wakes the dispatcher. Default 1 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);
}
