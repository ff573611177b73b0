using ReleaseIntegrity.Tests.Distributed.Broker;
using ReleaseIntegrity.Tests.Distributed.Deployed;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Distributed;

/// <summary>
/// Another process holds a store's write lock for longer than anybody waits for it: the service can't commit, so it
/// neither accepts nor acknowledges, and goes on when it can.
/// </summary>
[Collection(SharedBroker.Name)]
public sealed class When_the_store_goes_away(BrokerFixture broker, ITestOutputHelper output)
{
    private const int Round = 8;

    [Fact]
    public async Task Nothing_is_lost_and_nothing_is_answered_that_is_not_kept()
    {
        LongRun.Require();
        using var deployment = new Deployment(await broker.VirtualHostAsync());
        await deployment.StartAllAsync(reconcilers: 2);
        var traffic = new Traffic(deployment);

        foreach (Role role in (Role[])[Role.Collectors[0], Role.Reconciler, Role.Handoff])
        {
            Task sending;
            await using (await deployment.Stores.LockAsync(role))
            {
                sending = traffic.SendAsync(Round);
                await Task.Delay(LongRun.StoreAway);

                // Only the collector's own store keeps senders waiting.
                Assert.True(role != Role.Collectors[0] || !sending.IsCompleted, "accepted, and can't be kept");
            }

            await sending;
            output.WriteLine($"{role}: {await deployment.SameAsOfflineAsync(traffic)}");
        }

        Assert.All(deployment.Replicas, r => Assert.True(r.IsRunning, r.Log));
    }
}
