using RabbitMQ.Client;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Messaging.RabbitMq;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Broker;

/// <summary>A broker confirms a message that no queue took. Here that is no delivery.</summary>
public sealed class When_a_queue_is_missing(OneNode broker)
{
    private static readonly QueueDeclaration Queue = Queues.Observations(0);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_sent_before_the_first_start_of_its_consumer_arrives()
    {
        BusAddress bus = await broker.VirtualHostAsync();
        await using (Peer sender = await Peer.SenderAsync(bus))
        {
            await sender.PublishAsync(Queue, "a", "b");
            await sender.PublishAsync(Queue, "c");
        }

        await using Peer receiver = await Peer.ReceiverAsync(bus);
        await Eventually.IsTrueAsync("all have arrived", () => Task.FromResult(receiver.Received.Count == 3));
        Assert.Equal(["a", "b", "c"], receiver.Received.Select(r => r.Body).Order());
    }

    [Fact]
    public async Task A_deleted_queue_is_no_delivery_whatever_else_is_bound_and_is_declared_again()
    {
        BusAddress bus = await broker.VirtualHostAsync();
        await using Peer sender = await Peer.SenderAsync(bus);
        await sender.PublishAsync(Queue, "before");
        await using IConnection connection = await ConnectAsync(bus);
        await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: Ct);

        // The trap: the exchange of the endpoint, as MassTransit declares it, and another queue that would take the message
        // in its place.
        await channel.ExchangeDeclareAsync(Queue.Name, ExchangeType.Fanout, durable: true, cancellationToken: Ct);
        await channel.QueueDeclareAsync("trap", durable: true, exclusive: false, autoDelete: false, cancellationToken: Ct);
        await channel.QueueBindAsync("trap", Queue.Name, "", cancellationToken: Ct);
        await channel.QueueDeleteAsync(Queue.Name, cancellationToken: Ct);

        await Assert.ThrowsAsync<BrokerUnavailableException>(() => sender.PublishAsync(Queue, "after"));
        await sender.PublishAsync(Queue, "after");

        Assert.Equal(0u, await channel.MessageCountAsync("trap", Ct));
        Assert.Equal(1u, await channel.MessageCountAsync(Queue.Name, Ct));
    }

    [Fact]
    public async Task A_queue_that_is_declared_otherwise_is_refused_with_what_to_do()
    {
        BusAddress bus = await broker.VirtualHostAsync();
        await using IConnection connection = await ConnectAsync(bus);
        await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: Ct);
        await channel.QueueDeclareAsync(Queue.Name, durable: true, exclusive: false, autoDelete: false, cancellationToken: Ct);

        await using Peer sender = await Peer.SenderAsync(bus);
        var refused = await Assert.ThrowsAsync<BrokerUnavailableException>(() => sender.PublishAsync(Queue, "a"));

        Assert.Contains(Queue.Name, refused.Message, StringComparison.Ordinal);
        Assert.Contains("README", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0u, await channel.MessageCountAsync(Queue.Name, Ct));
    }

    internal static Task<IConnection> ConnectAsync(BusAddress bus) =>
        bus.Factory().CreateConnectionAsync(Ct);
}
