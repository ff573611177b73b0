using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ReleaseIntegrity.Contracts.Topology;

namespace ReleaseIntegrity.Messaging.Consuming;

/// <summary>
/// Subscribes a consumer to the queues of all partitions, each an endpoint of its own that can be left and entered again.
/// </summary>
/// <typeparam name="TConsumer">The consumer of parcels.</typeparam>
public sealed class PartitionSubscriptions<TConsumer>(IReceiveEndpointConnector connector, ObservationPartitions partitions)
    : IHostedService
    where TConsumer : class, IConsumer
{
    private readonly Dictionary<string, HostReceiveEndpointHandle> _endpoints = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (QueueDeclaration queue in partitions.Queues)
        {
            Enter(queue);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Enter(QueueDeclaration queue) =>
        _endpoints[queue.Name] = connector.ConnectReceiveEndpoint(queue.Name, (context, endpoint) =>
        {
            endpoint.DeclaredAs(queue);
            endpoint.ConfigureConsumer<TConsumer>(context);
        });
}

/// <summary>Registration of partitioned consumers.</summary>
public static class PartitionRegistration
{
    /// <summary>Adds a consumer that takes the parcels of every partition.</summary>
    public static void AddPartitionConsumer<TConsumer, TDefinition>(this IBusRegistrationConfigurator bus)
        where TConsumer : class, IConsumer
        where TDefinition : class, IConsumerDefinition<TConsumer>
    {
        bus.AddConsumer<TConsumer, TDefinition>().ExcludeFromConfigureEndpoints();
        bus.AddHostedService<PartitionSubscriptions<TConsumer>>();
    }
}
