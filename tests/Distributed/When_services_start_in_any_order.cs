using ReleaseIntegrity.Tests.Distributed.Broker;
using ReleaseIntegrity.Tests.Distributed.Deployed;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Distributed;

/// <summary>
/// Collectors take and send as soon as they run, whether anybody is there to take it or not: neither the broker, nor a
/// queue that a consumer would have declared, nor the consumer. Nothing of it is lost.
/// </summary>
[Collection(TroubledBroker.Name)]
public sealed class When_services_start_in_any_order(BrokerFixture broker, ITestOutputHelper output)
{
    private const int Releases = 8;

    /// <summary>
    /// B the broker, C the collectors, R the reconciler, H the handoff. The usual orders are the collectors alone on an
    /// empty broker, everybody waiting for the collectors, and nobody finding a broker; <c>DISTRIBUTED_ORDERS=all</c> has
    /// all 24.
    /// </summary>
    public static TheoryData<string> Orders { get; } = LongRun.EveryOrder
        ? [.. Permutations("BCRH")]
        : ["BCRH", "BHRC", "CRHB"];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Nothing_is_lost(string order)
    {
        LongRun.Require();
        using var deployment = new Deployment(await broker.VirtualHostAsync());
        var traffic = new Traffic(deployment);
        await broker.Node.StopAsync();
        try
        {
            foreach (char next in order)
            {
                await (next switch
                {
                    'B' => broker.Node.StartAsync(),
                    'C' => StartAsync(deployment, Role.Collectors),
                    'R' => StartAsync(deployment, [Role.Reconciler]),
                    _ => StartAsync(deployment, [Role.Handoff]),
                });
                if (deployment.Of(Role.Collectors[0]).Count > 0)
                {
                    await traffic.SendAsync(Releases);
                    await SentAsync(deployment, broker.Node.IsRunning);
                }
            }
        }
        finally
        {
            await broker.Node.EnsureRunningAsync();
        }

        output.WriteLine($"{order}: {await deployment.SameAsOfflineAsync(traffic)}");
    }

    private static async Task StartAsync(Deployment deployment, IEnumerable<Role> roles) =>
        await Task.WhenAll(roles.Select(deployment.Start).ToArray().Select(r => r.IsLiveAsync()));

    /// <summary>
    /// Where there is a broker, everything leaves the collectors and stays in its queues; only then does the next one
    /// start. Where there is none, everything stays with the collectors.
    /// </summary>
    private static Task SentAsync(Deployment deployment, bool withBroker) => Eventually.IsAsync(
        "the collectors are done",
        async () => await Task.WhenAll(Sources.All.Select(deployment.Reads.CountsAsync)),
        counts => counts.All(c => c.Waiting == 0 && (!withBroker || c.Unpublished == 0)),
        () => deployment.Log);

    private static IEnumerable<string> Permutations(string of) => of.Length <= 1
        ? [of]
        : of.SelectMany((first, i) => Permutations(of.Remove(i, 1)).Select(rest => first + rest));
}
