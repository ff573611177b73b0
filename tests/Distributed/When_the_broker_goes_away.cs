using System.Diagnostics;
using ReleaseIntegrity.Tests.Distributed.Broker;
using ReleaseIntegrity.Tests.Distributed.Deployed;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Distributed;

/// <summary>
/// Without a broker collectors go on accepting and keep what they accept; when it is back everybody catches up without
/// being told to. The same while the broker takes nothing because it is short of memory. Longer:
/// <c>DISTRIBUTED_BROKER_DOWN_SECONDS=60 dotnet test …</c>.
/// </summary>
[Collection(TroubledBroker.Name)]
public sealed class When_the_broker_goes_away(BrokerFixture broker, ITestOutputHelper output)
{
    private const int Round = 12;
    private const long MostResidentBytes = 250L * 1024 * 1024;

    [Fact]
    public async Task A_restart_under_load_loses_nothing()
    {
        LongRun.Require();
        using var deployment = new Deployment(await broker.VirtualHostAsync());
        await deployment.StartAllAsync();
        var traffic = new Traffic(deployment);

        Task sending = traffic.SendAsync(3 * Round, TimeSpan.FromMilliseconds(200));
        await broker.Node.StopAsync();
        await broker.Node.StartAsync();
        broker.Node.Kill();
        await broker.Node.StartAsync();
        await sending;

        output.WriteLine($"{await deployment.SameAsOfflineAsync(traffic)}");
    }

    [Fact]
    public async Task While_it_is_down_everything_is_accepted_and_kept_and_afterwards_it_arrives()
    {
        LongRun.Require();
        using var deployment = new Deployment(await broker.VirtualHostAsync());
        await deployment.StartAllAsync();
        var traffic = new Traffic(deployment);
        await traffic.SendAsync(Round);
        var down = Stopwatch.StartNew();
        broker.Node.Kill();
        try
        {
            do
            {
                await traffic.SendAsync(Round);
            }
            while (down.Elapsed < LongRun.BrokerDown);

            Assert.Equal(0, traffic.Refused);
            Standing standing = await deployment.Reads.StandingAsync();
            Assert.True(standing.Unpublished > 0, $"there is no broker, and yet nothing waits: {standing}");
            Assert.All(deployment.Replicas, r => Assert.True(r.IsRunning, r.Log));
            foreach (Replica collector in Role.Collectors.SelectMany(deployment.Of))
            {
                (int status, string text) = await collector.ReadinessAsync();
                Assert.Equal(200, status);
                Assert.Matches("\"broker\",\"state\":\"(degraded|missing)\"", text);
            }
        }
        finally
        {
            await broker.Node.EnsureRunningAsync();
        }

        output.WriteLine($"down for {down.Elapsed.TotalSeconds:0} s: {await deployment.SameAsOfflineAsync(traffic, TimeSpan.FromMinutes(4))}");
        await Task.WhenAll(deployment.Replicas.Select(r => r.IsReadyAsync()));
    }

    [Fact]
    public async Task A_memory_alarm_is_said_and_bounded_and_afterwards_everything_arrives()
    {
        LongRun.Require();
        using var deployment = new Deployment(await broker.VirtualHostAsync());
        await deployment.StartAllAsync();
        var traffic = new Traffic(deployment);
        await traffic.SendAsync(Round);
        await deployment.Reads.QuietAsync(() => deployment.Log);
        await broker.Node.CtlAsync("set_vm_memory_high_watermark", "absolute", "1");
        try
        {
            await traffic.SendAsync(4 * Round);

            Assert.Equal(0, traffic.Refused);
            Standing standing = await deployment.Reads.StandingAsync();
            Assert.True(standing.Unpublished > 0, $"the broker takes nothing, and yet nothing waits: {standing}");
            foreach (Replica collector in Role.Collectors.SelectMany(deployment.Of))
            {
                await Eventually.IsAsync(
                    $"{collector.Name} says that the broker is missing",
                    collector.ReadinessAsync,
                    r => r.Text.Contains("\"broker\",\"state\":\"degraded\"", StringComparison.Ordinal)
                        || r.Text.Contains("\"broker\",\"state\":\"missing\"", StringComparison.Ordinal),
                    () => collector.Log);
            }

            Assert.All(deployment.Replicas, r => Assert.InRange(r.ResidentBytes(), 1, MostResidentBytes));
        }
        finally
        {
            await broker.Node.CtlAsync("set_vm_memory_high_watermark", "absolute", "1GB");
        }

        output.WriteLine($"{await deployment.SameAsOfflineAsync(traffic, TimeSpan.FromMinutes(4))}");
        output.WriteLine(string.Join(", ", deployment.Replicas.Select(r => $"{r.Name} {r.ResidentBytes() >> 20} MiB")));
    }
}
