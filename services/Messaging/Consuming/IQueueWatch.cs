namespace ReleaseIntegrity.Messaging.Consuming;

/// <summary>What the transport knows about those who consume.</summary>
public interface IQueueWatch
{
    /// <summary>How many processes listen to the partitions, this one included; asking makes this one count.</summary>
    /// <exception cref="RabbitMq.BrokerUnavailableException">There is no connection now.</exception>
    Task<int> ReplicasAsync(CancellationToken cancellationToken);
}
