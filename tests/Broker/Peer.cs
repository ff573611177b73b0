using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Messaging.Consuming;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Broker;

/// <summary>A process on the bus, as far as the bus can tell: a host of its own with its own connections.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly IHost _host;

    private Peer(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public IBusHealth Health => Services.GetRequiredService<IBusHealth>();

    public IReadOnlyCollection<(string Queue, string Body)> Received => Services.GetRequiredService<Taken>().All;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Starts one that only sends.</summary>
    public static Task<Peer> SenderAsync(BusAddress bus, Action<BusOptions>? configure = null) =>
        StartAsync(bus, configure, (_, _) => { });

    /// <summary>Starts one that takes the parcels of every partition.</summary>
    public static Task<Peer> ReceiverAsync(BusAddress bus, Action<BusOptions>? configure = null) => StartAsync(
        bus, configure, (_, consumers) => consumers.AddPartitionConsumer<Recorder, RecorderDefinition>());

    public static async Task<Peer> StartAsync(
        BusAddress bus, Action<BusOptions>? configure, Action<IServiceCollection, IBusRegistrationConfigurator> add)
    {
        // MassTransit keeps its log per flow of execution: one host must not write to the log of another.
        LogContext.ConfigureCurrentLogContext(Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        var options = new BusOptions
        {
            Transport = BusOptions.RabbitMq,
            Host = bus.Hosts,
            VirtualHost = bus.VirtualHost,
            Partitions = 1,
            PublishTimeoutMs = 3_000,
            ShareIntervalMs = 500,
        };
        configure?.Invoke(options);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Taken>();
        builder.Services.AddBus(options, consumers => add(builder.Services, consumers));
        IHost host = builder.Build();
        await host.StartAsync(Ct);
        var peer = new Peer(host);
        await Eventually.IsTrueAsync("the bus is there", () => Task.FromResult(peer.Health.Standing.IsReady), () => peer.Health.Standing.Reason);
        return peer;
    }

    /// <summary>Hands items to the transport as an outbox does, each with its name as the place that it is about.</summary>
    public Task PublishAsync(QueueDeclaration queue, params string[] names) =>
        Services.GetRequiredService<IOutboxPublisher>().PublishAsync(
            new OutboxParcel("test", queue.Name, [.. names.Select(Message)]), Ct);

    public ValueTask DisposeAsync() => ((IAsyncDisposable)_host).DisposeAsync();

    /// <summary>Stops in order; disposing alone is as sudden as a process can be that is not one.</summary>
    public Task StopAsync() => _host.StopAsync(CancellationToken.None);

    public static OutboxMessage Message(string name) => new()
    {
        Id = OutboxMessage.DerivedId(name),
        Type = MessageTypes.NameOf<HintRaised>(),
        Payload = MessageTypes.Serialise(new HintRaised("ab", 0, Source.ArtifactRegistry, "test", "r.example", name, "no digest")),
    };

    internal sealed class Taken
    {
        private readonly ConcurrentQueue<(string Queue, string Body)> _all = new();

        public IReadOnlyCollection<(string Queue, string Body)> All => [.. _all];

        public void Add(string queue, Parcel parcel)
        {
            foreach (ParcelItem item in parcel.Items)
            {
                _all.Enqueue((queue, ((HintRaised)MessageTypes.Deserialise(item.Type, item.Body)).Target));
            }
        }
    }

    internal sealed class Recorder(Taken taken) : IConsumer<Parcel>
    {
        public Task Consume(ConsumeContext<Parcel> context)
        {
            taken.Add(context.ReceiveContext.InputAddress.Segments[^1], context.Message);
            return Task.CompletedTask;
        }
    }

    internal sealed class RecorderDefinition : ConsumerDefinition<Recorder>;
}
