using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Messaging.Consuming;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Broker;

/// <summary>Several replicas listen to all partitions; the broker makes one of them active per partition.</summary>
public sealed class When_replicas_share_partitions(OneNode broker)
{
    private const int Partitions = 6;

    [Theory]
    [InlineData(8, 8, 1, 0)]
    [InlineData(8, 8, 2, 4)]
    [InlineData(5, 8, 3, 2)]
    [InlineData(3, 8, 3, 0)]
    [InlineData(1, 8, 20, 0)]
    public void What_exceeds_an_equal_share_is_left_to_others(int active, int partitions, int replicas, int surplus) =>
        Assert.Equal(surplus, FairShare.Surplus(active, partitions, replicas));

    [Fact]
    public async Task Replicas_that_come_later_get_their_share_and_take_over_from_one_that_is_gone()
    {
        BusAddress bus = await broker.VirtualHostAsync();
        await using Peer sender = await Peer.SenderAsync(bus);
        Peer first = await Peer.ReceiverAsync(bus, o => o.Partitions = Partitions);
        await using Peer second = await Peer.ReceiverAsync(bus, o => o.Partitions = Partitions);
        await using Peer third = await Peer.ReceiverAsync(bus, o => o.Partitions = Partitions);
        int round = 0;
        await Eventually.IsTrueAsync("all of them work", async () =>
        {
            await SendRoundAsync(sender, $"{round++}");
            return first.Received.Count > 0 && second.Received.Count > 0 && third.Received.Count > 0;
        });

        await first.DisposeAsync();
        await SendRoundAsync(sender, "last");
        await Eventually.IsTrueAsync("the others do its work", () => Task.FromResult(
            second.Received.Concat(third.Received).Where(r => r.Body == "last").Select(r => r.Queue).Distinct().Count() == Partitions));
    }

    [Fact]
    public async Task Their_number_grows_and_shrinks_without_losing_anything()
    {
        BusAddress bus = await broker.VirtualHostAsync();
        await using Peer sender = await Peer.SenderAsync(bus);

        // Growing: consumers listen to the union first.
        await using (Peer grown = await Peer.ReceiverAsync(bus, o => (o.Partitions, o.DrainPartitions) = (2, 4)))
        {
            await sender.PublishAsync(Queues.Observations(3), "to a new one");
            await ArrivesAsync(grown, "to a new one");
            await grown.StopAsync();
        }

        // Shrinking: senders have stopped using it, and what they sent is still consumed.
        await sender.PublishAsync(Queues.Observations(3), "to one that goes");
        await using Peer shrunk = await Peer.ReceiverAsync(bus, o => (o.Partitions, o.DrainPartitions) = (2, 4));
        await ArrivesAsync(shrunk, "to one that goes");
        Assert.Equal(2, new ObservationPartitions(2, 4).Count);
    }

    private static Task ArrivesAsync(Peer peer, string body) => Eventually.IsTrueAsync(
        $"'{body}' arrives", () => Task.FromResult(peer.Received.Any(r => r.Body == body)));

    private static Task SendRoundAsync(Peer sender, string body) => Task.WhenAll(
        Enumerable.Range(0, Partitions).Select(p => sender.PublishAsync(Queues.Observations(p), body)));
}
