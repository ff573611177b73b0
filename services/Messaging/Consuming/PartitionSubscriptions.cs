using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ReleaseIntegrity.Contracts.Topology;

namespace ReleaseIntegrity.Messaging.Consuming;

/// <summary>
/// Subscribes a consumer to queues, each an endpoint of its own. On a broker they are entered once the process may
/// (<see cref="IPartitionGate"/>). Of all replicas the broker makes one active per partition, and another one when that is
/// gone. So that they share, a replica that is active on more than an equal share
/// (<see cref="FairShare"/>) leaves the surplus and enters again, behind the others. Who is active where never matters for
/// correctness.
/// </summary>
/// <typeparam name="TConsumer">The consumer of parcels.</typeparam>
/// <param name="queues">The partitions, or one queue that replicas share by themselves.</param>
/// <param name="connector">Where endpoints are entered.</param>
/// <param name="watch">Counts the replicas.</param>
/// <param name="options">Which transport, and how often to share.</param>
/// <param name="logger">Told what is left to others.</param>
/// <param name="gate">Says when the process may; null where it always may.</param>
public sealed class PartitionSubscriptions<TConsumer>(
    IReadOnlyList<QueueDeclaration> queues,
    IReceiveEndpointConnector connector,
    IQueueWatch watch,
    BusOptions options,
    ILogger<PartitionSubscriptions<TConsumer>> logger,
    IPartitionGate? gate = null)
    : BackgroundService
    where TConsumer : class, IConsumer
{
    private readonly ConcurrentDictionary<string, HostReceiveEndpointHandle> _endpoints = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _delivered = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.UsesBroker)
        {
            // Before the bus starts, since what is sent to a queue that is not there is gone.
            EnterAll();
        }

        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.UsesBroker)
        {
            await (gate?.OpenAsync(stoppingToken) ?? Task.CompletedTask);
            EnterAll();
        }

        while (queues.Count > 1 && !stoppingToken.IsCancellationRequested)
        {
            // Jittered, so that replicas don't all leave in the same instant.
            TimeSpan pause = TimeSpan.FromMilliseconds(options.ShareIntervalMs) * (0.75 + (Random.Shared.NextDouble() / 2));
            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await ShareAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogDebug(e, "Partitions: not shared this time");
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ShareAsync(CancellationToken cancellationToken)
    {
        string[] active = [.. _delivered.Keys];
        _delivered.Clear();
        int replicas = await watch.ReplicasAsync(cancellationToken);
        int surplus = FairShare.Surplus(active.Length, queues.Count, replicas);
        Random.Shared.Shuffle(active);
        foreach (string queue in active.Take(surplus))
        {
            logger.LogInformation("Partitions: {Queue} is left to another of {Replicas} replicas", queue, replicas);
            await _endpoints[queue].StopAsync(cancellationToken);
            Enter(Queues.Named(queue));
        }
    }

    private void EnterAll()
    {
        foreach (QueueDeclaration queue in queues)
        {
            Enter(queue);
        }
    }

    private void Enter(QueueDeclaration queue) =>
        _endpoints[queue.Name] = connector.ConnectReceiveEndpoint(queue.Name, (context, endpoint) =>
        {
            endpoint.DeclaredAs(queue);
            endpoint.UseFilter(new Delivered(() => _delivered[queue.Name] = true));
            endpoint.ConfigureConsumer<TConsumer>(context);
        });

    private sealed class Delivered(Action note) : IFilter<ConsumeContext>
    {
        public Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
        {
            note();
            return next.Send(context);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("delivered");
    }
}
