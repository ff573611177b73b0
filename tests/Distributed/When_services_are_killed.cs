using System.Globalization;
using ReleaseIntegrity.Tests.Distributed.Broker;
using ReleaseIntegrity.Tests.Distributed.Deployed;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Running.Traffic;

namespace ReleaseIntegrity.Tests.Distributed;

/// <summary>
/// <c>kill -9</c> of each service while sources send, while it starts, and while it works off what it took; in the end
/// nothing is lost and nothing doubled. Moments come from a seed, so that a failing run can be played again.
/// More kills: <c>DISTRIBUTED_KILLS=50 dotnet test …</c>.
/// </summary>
[Collection(SharedBroker.Name)]
public sealed class When_services_are_killed(BrokerFixture broker, ITestOutputHelper output)
{
    private const int ReleasesPerKill = 8;
    private const int LongestAfterAnswer_ms = 400;
    private const int LongestAway_ms = 1_500;
    private const int LongestStart_ms = 2_500;

    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Nothing_is_lost_and_nothing_doubled()
    {
        using var deployment = new Deployment(await broker.VirtualHostAsync());
        await deployment.StartAllAsync(reconcilers: 2);
        IReadOnlyList<Sent> notifications = Releases.OfToday().All(Math.Max(24, LongRun.Kills * ReleasesPerKill));
        Senders senders = deployment.Senders(notifications, Rest);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task sending = senders.RunAsync(stop.Token);
        try
        {
            await KillAgainAndAgainAsync(deployment, senders);
            await sending;
        }
        finally
        {
            await stop.CancelAsync();
            await sending.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        Compared compared = await deployment.SameAsOfflineAsync(
            deployment.Handoff, notifications, senders.Accepted, Patience + TimeSpan.FromSeconds(LongRun.Kills));
        Assert.All(compared.Items, i => Assert.True(i.Value > 0, $"the traffic had nothing that is {i.Key}"));
        output.WriteLine($"{LongRun.Kills} kills, seed {LongRun.Seed}: {compared}");
    }

    private async Task KillAgainAndAgainAsync(Deployment deployment, Senders senders)
    {
        var chance = new Random(LongRun.Seed);
        Replica[] victims = [];
        for (int kill = 0; kill < LongRun.Kills; kill++)
        {
            if (kill % deployment.Replicas.Count == 0)
            {
                // Everybody in turn, each time in another order.
                victims = [.. deployment.Replicas];
                chance.Shuffle(victims);
            }

            // One kill in each stretch of the traffic; every other one in the very moment of an answer, when what was
            // answered had better be on disk.
            Replica victim = victims[kill % victims.Length];
            int accepted = (int)((kill + chance.NextDouble()) / LongRun.Kills * senders.Total);
            TimeSpan later = TimeSpan.FromMilliseconds(kill % 2 == 0 ? 0 : chance.Next(LongestAfterAnswer_ms));
            await senders.AtAsync(accepted, () =>
            {
                Thread.Sleep(later);
                victim.Kill();
            }).WaitAsync(Patience);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"kill {kill + 1}: {victim.Name}, {senders.Accepted.Count} of {senders.Total} accepted"));
            await Task.Delay(chance.Next(LongestAway_ms));
            victim.Start();
            if (kill % 3 == 2)
            {
                await Task.Delay(chance.Next(LongestStart_ms));
                Assert.True(victim.IsRunning, $"a start on what a kill left behind ended by itself\n{victim.Log}");
                victim.Kill();
                victim.Start();
            }
        }

        await Task.WhenAll(deployment.Replicas.Select(r => r.IsReadyAsync()));
    }
}
