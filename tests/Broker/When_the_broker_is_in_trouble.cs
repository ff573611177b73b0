using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Broker;

/// <summary>The broker dies, restarts, or takes no messages: readiness says which, and everything resumes by itself.</summary>
public sealed class When_the_broker_is_in_trouble(OneNode broker)
{
    private static readonly QueueDeclaration Queue = Queues.Observations(0);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_broker_keeps_what_it_confirmed_and_both_sides_come_back()
    {
        BusAddress bus = await broker.VirtualHostAsync();
        Node node = await broker.NodeAsync();
        await using Peer sender = await Peer.SenderAsync(bus);
        await sender.PublishAsync(Queue, "before");

        // A node writes down a moment later which queues it has; killed in that moment it comes back without the new one.
        await node.CtlAsync("eval", "[dets:sync(T) || T <- dets:all()].");
        node.Kill();
        await StandsAsync(sender, BusState.Disconnected);
        Task ready = sender.Services.GetRequiredService<IOutboxPublisher>().ReadyAsync(Ct);
        Assert.False(ready.IsCompleted);
        await Assert.ThrowsAnyAsync<Exception>(() => sender.PublishAsync(Queue, "while it is down"));

        await node.StartAsync();
        await ready;
        await using Peer receiver = await Peer.ReceiverAsync(bus);
        await ConfirmedAsync(sender, "after");
        await Eventually.IsTrueAsync(
            "both have arrived", () => Task.FromResult(receiver.Received.Select(r => r.Body).Distinct().Count() == 2));
        node.Kill();
        await StandsAsync(receiver, BusState.Disconnected);
        await node.StartAsync();
        await StandsAsync(receiver, BusState.Connected);
        await sender.Services.GetRequiredService<IOutboxPublisher>().ReadyAsync(Ct);
        await ConfirmedAsync(sender, "after all");
        await Eventually.IsTrueAsync("the last has arrived", () => Task.FromResult(receiver.Received.Any(r => r.Body == "after all")));
    }

    // As an outbox does it: a queue that is still electing its leader confirms later, so the message is sent again.
    private static Task ConfirmedAsync(Peer sender, string body) => Eventually.IsTrueAsync($"'{body}' is confirmed", async () =>
    {
        try
        {
            await sender.PublishAsync(Queue, body);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    });

    [Fact]
    public async Task An_alarm_blocks_publishers_and_readiness_says_so()
    {
        BusAddress bus = await broker.VirtualHostAsync();
        Node node = await broker.NodeAsync();
        await using Peer sender = await Peer.SenderAsync(bus, o => o.PublishTimeoutMs = 1_000);
        await node.CtlAsync("set_vm_memory_high_watermark", "0.00001");
        try
        {
            await Eventually.IsTrueAsync("a message is not confirmed", async () =>
            {
                try
                {
                    await sender.PublishAsync(Queue, "blocked");
                    return false;
                }
                catch (TimeoutException)
                {
                    return true;
                }
            });
            await StandsAsync(sender, BusState.Blocked);
            Assert.Contains("blocking publishers (alarm", sender.Health.Standing.Reason, StringComparison.Ordinal);
            Assert.False(sender.Services.GetRequiredService<IOutboxPublisher>().ReadyAsync(Ct).IsCompleted);
        }
        finally
        {
            await node.CtlAsync("set_vm_memory_high_watermark", "absolute", "1GB");
        }

        await StandsAsync(sender, BusState.Connected);
        await sender.PublishAsync(Queue, "again");
    }

    private static Task StandsAsync(Peer peer, BusState state) => Eventually.IsTrueAsync(
        $"it is {state}", () => Task.FromResult(peer.Health.Standing.State == state), () => peer.Health.Standing.ToString());
}
