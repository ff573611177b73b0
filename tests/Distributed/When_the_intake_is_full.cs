using ReleaseIntegrity.Tests.Distributed.Broker;
using ReleaseIntegrity.Tests.Distributed.Deployed;

namespace ReleaseIntegrity.Tests.Distributed;

/// <summary>A collector that has more than it may keep says so: 503, when to come again, and nothing is dropped.</summary>
[Collection(SharedBroker.Name)]
public sealed class When_the_intake_is_full(BrokerFixture broker, ITestOutputHelper output)
{
    [Fact]
    public async Task Senders_are_told_to_come_again_and_what_was_accepted_is_all_there()
    {
        LongRun.Require();
        using var deployment = new Deployment(
            await broker.VirtualHostAsync(), ("Collector:MaxBacklog", "4"), ("Collector:NormaliseConcurrency", "1"));

        // Of two replicas each may work off what the other one took: neither may count it for ever.
        await deployment.StartAllAsync(collectors: 2);
        var traffic = new Traffic(deployment);

        await traffic.SendAsync(40);

        Assert.True(traffic.Refused > 0, "the intake was never full");
        output.WriteLine($"refused {traffic.Refused} times: {await deployment.SameAsOfflineAsync(traffic)}");
    }
}
