using ReleaseIntegrity.Contracts.Topology;

namespace ReleaseIntegrity.Messaging.Consuming;

/// <summary>What a transport knows about its queues.</summary>
public interface IQueueWatch
{
    /// <summary>How many consumers a queue has, those that wait for their turn included.</summary>
    /// <exception cref="RabbitMq.BrokerUnavailableException">There is no connection now.</exception>
    Task<int> ConsumersAsync(QueueDeclaration queue, CancellationToken cancellationToken);
}
