using ReleaseIntegrity.Tests.Distributed.Broker;
using ReleaseIntegrity.Tests.Distributed.Deployed;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Running.Traffic;

namespace ReleaseIntegrity.Tests.Distributed;

/// <summary>Any number of replicas of each service do the work together, and the result is that of one.</summary>
[Collection(SharedBroker.Name)]
public sealed class When_replicas_share_the_work(BrokerFixture broker, ITestOutputHelper output)
{
    private const int Round = 12;
    private const string Accepted = "releaseintegrity_collector_notifications";
    private const string Normalised = "releaseintegrity_collector_items";
    private const string Folded = "releaseintegrity_fold_observations";
    private const string Fed = "releaseintegrity_handoff_feed_messages";

    [Fact]
    public async Task Each_of_them_does_a_part_and_the_result_is_the_same()
    {
        LongRun.Require();
        using var deployment = new Deployment(await broker.VirtualHostAsync());
        await deployment.StartAllAsync(collectors: 2, reconcilers: 3, handoffs: 2);
        var traffic = new Traffic(deployment);

        await traffic.SendUntilAsync("every replica has done a part", Round, async () =>
            await AllCountedAsync(Role.Collectors.SelectMany(deployment.Of), Accepted)
            && await AllCountedAsync(Role.Collectors.SelectMany(deployment.Of), Normalised)
            && await AllCountedAsync(deployment.Of(Role.Reconciler), Folded)
            && await AllCountedAsync(deployment.Of(Role.Handoff), Fed));

        foreach (Replica handoff in deployment.Of(Role.Handoff))
        {
            output.WriteLine($"{handoff.Name}: {await deployment.SameAsOfflineAsync(deployment.HandoffOf(handoff), traffic.Sent, traffic.Accepted)}");
        }

        await TellAsync(deployment);
    }

    [Fact]
    public async Task A_reconciler_that_dies_is_replaced_by_the_others_and_one_that_joins_gets_a_share()
    {
        LongRun.Require();
        using var deployment = new Deployment(await broker.VirtualHostAsync());
        await deployment.StartAllAsync(reconcilers: 3);
        IReadOnlyList<Replica> reconcilers = deployment.Of(Role.Reconciler);
        var traffic = new Traffic(deployment);
        await traffic.SendUntilAsync("every reconciler has folded", Round, () => AllCountedAsync(reconcilers, Folded));

        // Its partitions get observations while it dies, and after: they are folded by the others, or by nobody.
        Task sending = traffic.SendAsync(2 * Round);
        reconcilers[0].Kill();
        await sending;
        await deployment.SameAsOfflineAsync(traffic);

        Replica late = deployment.Start(Role.Reconciler);
        await late.IsReadyAsync();
        await traffic.SendUntilAsync("the late one has folded", Round, () => AllCountedAsync([late], Folded));
        output.WriteLine($"{await deployment.SameAsOfflineAsync(traffic)}");
        await TellAsync(deployment);
    }

    [Fact]
    public async Task What_comes_several_times_in_any_order_over_any_replica_is_as_if_it_came_once()
    {
        const int Seed = 7;
        using var deployment = new Deployment(await broker.VirtualHostAsync());
        await deployment.StartAllAsync(collectors: 2, reconcilers: 2);
        Sent[] shuffled = [.. Enumerable.Repeat(Releases.OfToday().All(Round), 3).SelectMany(n => n)];
        new Random(Seed).Shuffle(shuffled);

        Senders senders = deployment.Senders(shuffled);
        await senders.RunAsync(TestContext.Current.CancellationToken);

        Compared compared = await deployment.SameAsOfflineAsync(deployment.Handoff, shuffled, senders.Accepted);
        Assert.Equal(senders.Total, compared.Kept);
        Assert.Equal(Round, compared.Ledgers);
        Assert.All(compared.Items, i => Assert.True(i.Value > 0, $"the traffic had nothing that is {i.Key}"));
        output.WriteLine($"{compared}");
    }

    private static async Task<bool> AllCountedAsync(IEnumerable<Replica> replicas, string counter)
    {
        double[] counted = await Task.WhenAll(replicas.Select(r => r.CountedAsync(counter)));
        return counted.All(c => c > 0);
    }

    private async Task TellAsync(Deployment deployment)
    {
        foreach (Replica replica in deployment.Replicas.Where(r => r.IsRunning))
        {
            string counter = replica.Role == Role.Reconciler ? Folded : replica.Role == Role.Handoff ? Fed : Normalised;
            output.WriteLine($"{replica.Name}: {await replica.CountedAsync(counter)} {counter}");
        }
    }
}
