namespace ReleaseIntegrity.Messaging.Consuming;

/// <summary>
/// Says when a process may take from the queues of the partitions. One that may not yet leaves them to others, instead of
/// being active on queues that it can't work off.
/// </summary>
public interface IPartitionGate
{
    /// <summary>Returns once it may.</summary>
    Task OpenAsync(CancellationToken cancellationToken);
}
