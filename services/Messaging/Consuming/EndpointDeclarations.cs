using MassTransit;
using ReleaseIntegrity.Contracts.Topology;

namespace ReleaseIntegrity.Messaging.Consuming;

/// <summary>Declares the endpoints of consumers as <see cref="Queues"/> has them.</summary>
public static class EndpointDeclarations
{
    /// <summary>
    /// Declares the endpoint's queue with its arguments, and has whatever is no message of ours end in the error queue
    /// with a reason (<see cref="ForeignMessages"/>), where MassTransit would put it aside. Messages come by the queue's name
    /// only, so no exchange of a message type is bound to it.
    /// </summary>
    public static void DeclaredAs(this IReceiveEndpointConfigurator endpoint, QueueDeclaration queue)
    {
        endpoint.ConfigureConsumeTopology = false;
        endpoint.ConfigureDeadLetter(pipe => pipe.UseFilter(new ForeignMessages()));
        if (endpoint is IRabbitMqReceiveEndpointConfigurator broker)
        {
            foreach ((string name, object value) in queue.Arguments)
            {
                broker.SetQueueArgument(name, value);
            }
        }
    }
}
