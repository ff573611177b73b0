using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Messaging.Consuming;
using ReleaseIntegrity.Reconciling;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Broker;

/// <summary><c>sources-heard.v1</c> over a real broker, from a collector's outbox into a reconciler's store.</summary>
public sealed class When_sources_are_heard(OneNode broker) : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 3, 22, 10, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("release-integrity-heard-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_latest_instant_counts_and_a_stranger_goes_to_the_error_queue_alone()
    {
        BusAddress bus = await broker.VirtualHostAsync();
        await using Peer reconciler = await ReconcilerAsync(bus, null);
        await using Peer collector = await Peer.SenderAsync(bus);
        await SendAsync(collector, Heard(At.AddHours(1)), Peer.Message("a stranger"), Heard(At));
        await Eventually.IsTrueAsync("the latest is there", async () => await HeardAtAsync(reconciler) == At.AddHours(1));

        await using IConnection connection = await When_a_queue_is_missing.ConnectAsync(bus);
        await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: Ct);
        await Eventually.IsTrueAsync("one item is in the error queue", async () =>
            await channel.MessageCountAsync(Queues.SourcesHeard.ErrorQueue, Ct) == 1);

        // Late, and twice: nothing moves back.
        await SendAsync(collector, Heard(At.AddMinutes(1)), Heard(At.AddHours(2)), Heard(At.AddHours(2)));
        await Eventually.IsTrueAsync("the next is there", async () => await HeardAtAsync(reconciler) == At.AddHours(2));
        Assert.Equal(1u, await channel.MessageCountAsync(Queues.SourcesHeard.ErrorQueue, Ct));
    }

    /// <summary>A reconciler that waits for another policy's would sit on messages that another one could work off.</summary>
    [Fact]
    public async Task A_reconciler_that_may_not_yet_leaves_the_queue_to_others()
    {
        BusAddress bus = await broker.VirtualHostAsync();
        var gate = new Gate();
        await using Peer waiting = await ReconcilerAsync(bus, gate);
        await using Peer collector = await Peer.SenderAsync(bus);
        await SendAsync(collector, Heard(At));
        await using IConnection connection = await When_a_queue_is_missing.ConnectAsync(bus);
        await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: Ct);
        QueueDeclareOk queue = await channel.QueueDeclarePassiveAsync(Queues.SourcesHeard.Name, Ct);
        Assert.Equal((0u, 1u), (queue.ConsumerCount, queue.MessageCount));
        Assert.Null(await HeardAtAsync(waiting));

        gate.Opened.SetResult();
        await Eventually.IsTrueAsync("it takes what waited", async () => await HeardAtAsync(waiting) == At);
    }

    private Task<Peer> ReconcilerAsync(BusAddress bus, IPartitionGate? gate) => Peer.StartAsync(bus, null, (services, consumers) =>
    {
        services.AddReconciler(o => o.Store.DataFolder = _folder.FullName);
        consumers.AddReconcilerConsumers();
        if (gate is not null)
        {
            services.AddSingleton(gate);
        }
    });

    private static OutboxMessage Heard(DateTimeOffset at) => new()
    {
        Id = Guid.NewGuid(),
        Type = MessageTypes.NameOf<SourceHeard>(),
        Payload = MessageTypes.Serialise(new SourceHeard(Source.ArtifactRegistry, "registry.example.com", at)),
    };

    private static Task SendAsync(Peer collector, params OutboxMessage[] messages) =>
        collector.Services.GetRequiredService<IOutboxPublisher>().PublishAsync(new OutboxParcel("test", Queues.SourcesHeard.Name, [.. messages]), Ct);

    private static Task<DateTimeOffset?> HeardAtAsync(Peer reconciler) => reconciler.Services.GetRequiredKeyedService<IStore>(ReconcilerServices.Key)
        .ReadAsync(s => s.SingleOrDefaultAsync<DateTimeOffset?>("select heard_at from watermark"), Ct);

    private sealed class Gate : IPartitionGate
    {
        public TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task OpenAsync(CancellationToken cancellationToken) => Opened.Task.WaitAsync(cancellationToken);
    }
}
