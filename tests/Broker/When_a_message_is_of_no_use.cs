using System.Text;
using RabbitMQ.Client;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Broker;

/// <summary>What no consumer can use ends in the error queue, whole and with its fault, and its neighbours go through.</summary>
public sealed class When_a_message_is_of_no_use(OneNode broker)
{
    private const string EnvelopeType = "application/vnd.masstransit+json";
    private const string Reason = "MT-Fault-Message";

    private static readonly QueueDeclaration Queue = Queues.Observations(0);
    private static readonly byte[] NoEnvelope = [0xff, 0x00, 0x7b, 0xfe];

    private static readonly byte[] Foreign = Encoding.UTF8.GetBytes("""
        {"messageId":"0b9c1f0e-5a35-4f0c-8c3c-6a1f37f4d001","messageType":["urn:message:Somebody.Else:ThingHappened"],"message":{"thing":"somebody else's"}}
        """);

    private static readonly byte[] Half = Encoding.UTF8.GetBytes("""
        {"messageId":"0b9c1f0e-5a35-4f0c-8c3c-6a1f37f4d002","messageType":["urn:message:ReleaseIntegrity.Contracts.Messages:Parcel"],"message":{"outbox":"half a parcel"}}
        """);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_moved_when_it_comes_first_with_the_reason_and_the_others_are_taken()
    {
        BusAddress bus = await broker.VirtualHostAsync();
        await using Peer sender = await Peer.SenderAsync(bus);
        await using QueueTap tap = await QueueTap.OpenAsync(bus);
        await sender.PublishAsync(Queue, "before");
        foreach (byte[] poison in (byte[][])[Foreign, NoEnvelope, Half])
        {
            await tap.PutAsync(Queue.Name, poison, EnvelopeType);
        }

        await sender.PublishAsync(Queue, "after");
        await using Peer receiver = await Peer.ReceiverAsync(bus);

        await Eventually.IsAsync("three are in the error queue", () => tap.CountAsync(Queue.ErrorQueue), count => count == 3, () => "");
        await Eventually.IsTrueAsync("both neighbours are taken", () => Task.FromResult(receiver.Received.Count == 2));
        IReadOnlyList<Taken> errors = await tap.TakeAllAsync(Queue.ErrorQueue);
        Assert.All((byte[][])[Foreign, NoEnvelope, Half], poison => Assert.Single(errors, e => e.Body.SequenceEqual(poison)));
        Assert.All(errors, e => Assert.NotEmpty(e.Headers.GetValueOrDefault(Reason) ?? ""));
        Assert.DoesNotContain(errors, e => e.Headers.ContainsKey("x-death"));
        Assert.Equal(["after", "before"], receiver.Received.Select(r => r.Body).Order());
    }

    [Fact]
    public async Task One_that_no_consumer_survives_is_moved_by_the_broker_and_keeps_how_often_it_was_tried()
    {
        QueueDeclaration cases = Queues.Cases;
        BusAddress bus = await broker.VirtualHostAsync();
        await using Peer sender = await Peer.SenderAsync(bus);
        await sender.PublishAsync(cases, "deadly");
        await using IConnection connection = await When_a_queue_is_missing.ConnectAsync(bus);
        await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: Ct);
        int deaths = 0;
        await Eventually.IsTrueAsync("the queue is empty", async () =>
        {
            while (await channel.BasicGetAsync(cases.Name, autoAck: false, Ct) is { } deadly)
            {
                deaths++;
                await channel.BasicNackAsync(deadly.DeliveryTag, multiple: false, requeue: true, Ct);
            }

            return deaths > QueueDeclaration.DeliveryLimit;
        });

        await using QueueTap tap = await QueueTap.OpenAsync(bus);
        await Eventually.IsAsync("it is in the error queue", () => tap.CountAsync(cases.ErrorQueue), count => count == 1, () => "");
        Taken kept = Assert.Single(await tap.TakeAllAsync(cases.ErrorQueue));
        Assert.Equal(QueueDeclaration.DeliveryLimit + 1, deaths);
        Assert.Contains("deadly", kept.Text, StringComparison.Ordinal);
        Assert.Contains("x-death", kept.Headers.Keys);
        Assert.Equal(0u, await tap.CountAsync(cases.Name));
    }
}
