using System.Net.Security;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Topology;

namespace ReleaseIntegrity.Messaging.RabbitMq;

/// <summary>
/// The bus of the distributed mode. Consumers are MassTransit's. What is sent leaves over a connection of its own
/// (<see cref="PublishingConnection"/>), straight to the queue that is meant: a broker that blocks publishers blocks no
/// consumer, and a message that its queue did not take was not sent.
/// </summary>
internal static class RabbitMqBus
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    internal static void UseRabbitMq(this IBusRegistrationConfigurator bus, BusOptions options)
    {
        bus.AddSingleton<PublishingConnection>();
        bus.AddSingleton<IHostedService>(provider => provider.GetRequiredService<PublishingConnection>());
        bus.AddSingleton<IMessageTransport, RabbitMqTransport>();
        bus.AddSingleton<IBusHealth, RabbitMqHealth>();
        bus.UsingRabbitMq((context, broker) =>
        {
            Connect(broker, options);
            broker.MessageTopology.SetEntityNameFormatter(new PublishedEntityNames(broker.MessageTopology.EntityNameFormatter));
            broker.SendTopology.ConfigureErrorSettings = error => DeclareErrorQueue(error);
            broker.ConfigureJsonSerializerOptions(json =>
            {
                ContractsJson.AddConverters(json);
                return json;
            });
            broker.ConfigureEndpoints(context);
        });
    }

    private static void Connect(IRabbitMqBusFactoryConfigurator broker, BusOptions options) =>
        broker.Host(options.Nodes[0].Host, (ushort)options.Nodes[0].Port, options.VirtualHost, host =>
        {
            host.Username(options.Username);
            host.Password(options.Password);
            host.Heartbeat(Heartbeat);
            if (options.Nodes.Count > 1)
            {
                host.UseCluster(cluster =>
                {
                    foreach ((string name, int port) in options.Nodes)
                    {
                        cluster.Node($"{name}:{port}");
                    }
                });
            }

            if (options.UseTls)
            {
                // MassTransit would accept a certificate of anybody.
                host.UseSsl(tls => tls.EnforcePolicyErrors(
                    SslPolicyErrors.RemoteCertificateChainErrors | SslPolicyErrors.RemoteCertificateNameMismatch));
            }
        });

    // MassTransit copies the arguments of the queue itself, which would make the error queue forward to itself and refuse
    // to be looked into.
    private static void DeclareErrorQueue(IRabbitMqQueueBindingConfigurator error)
    {
        foreach (string name in Queues.Observations(0).Arguments.Keys)
        {
            error.SetQueueArgument(name, null);
        }

        foreach ((string name, object value) in QueueDeclaration.ErrorArguments)
        {
            error.SetQueueArgument(name, value);
        }
    }
}
