using ReleaseIntegrity.Tests.Distributed.Broker;
using ReleaseIntegrity.Tests.Distributed.Deployed;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Distributed;

/// <summary>
/// Queues are replicated over three nodes, and services know all of them: one node may die in the middle of the load, and
/// come back, whichever it is.
/// </summary>
public sealed class When_a_node_of_the_cluster_is_lost(ITestOutputHelper output)
{
    private const int Round = 16;

    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(150);

    [Fact]
    public async Task The_others_go_on_and_nothing_is_lost()
    {
        LongRun.Require();
        Node.Require();
        using Cluster cluster = await Cluster.StartAsync();
        using var deployment = new Deployment(await cluster.VirtualHostAsync());
        await deployment.StartAllAsync(reconcilers: 2);
        var traffic = new Traffic(deployment);
        await traffic.SendAsync(Round);

        // The first one is where most queues were declared, so where most of them are led from.
        Task sending = traffic.SendAsync(2 * Round, Rest);
        cluster.Nodes[0].Kill();
        await sending;
        output.WriteLine($"without a node: {await deployment.SameAsOfflineAsync(traffic)}");

        sending = traffic.SendAsync(Round, Rest);
        await cluster.Nodes[0].StartAsync();
        await sending;
        sending = traffic.SendAsync(2 * Round, Rest);
        cluster.Nodes[1].Kill();
        await sending;
        output.WriteLine($"without another: {await deployment.SameAsOfflineAsync(traffic)}");
    }
}
