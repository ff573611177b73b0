using ReleaseIntegrity.Tests.Distributed.Broker;
using ReleaseIntegrity.Tests.Distributed.Deployed;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Distributed;

/// <summary>
/// A reconciler that was started with another policy than those that run on its store listens, says what is wrong, and
/// touches neither the evidence nor their queues; when they are gone it takes over.
/// </summary>
[Collection(SharedBroker.Name)]
public sealed class When_a_reconciler_has_another_policy(BrokerFixture broker, ITestOutputHelper output)
{
    private const int Round = 8;
    private const string Folded = "releaseintegrity_fold_observations";

    [Fact]
    public async Task It_disturbs_nobody_and_says_what_to_do()
    {
        LongRun.Require();
        using var deployment = new Deployment(await broker.VirtualHostAsync());
        await deployment.StartAllAsync();
        var traffic = new Traffic(deployment);
        await traffic.SendAsync(Round);

        Replica other = deployment.Start(Role.Reconciler, [("Reconciler:PolicyFile", deployment.Write("policy.yaml", OtherPolicy()))]);
        await other.IsLiveAsync();
        (int Status, string Text) said = await Eventually.IsAsync(
            "it says what is wrong", other.ReadinessAsync, r => r.Text.Contains("another policy", StringComparison.Ordinal), () => other.Log);
        Assert.Equal(503, said.Status);
        Assert.Contains("Reconciler:PolicyFile", said.Text, StringComparison.Ordinal);

        await traffic.SendAsync(Round);
        output.WriteLine($"{await deployment.SameAsOfflineAsync(traffic)}");
        Assert.Equal(0, await other.CountedAsync(Folded));

        Assert.Equal(0, await deployment.Of(Role.Reconciler)[0].StopAsync());
        await other.IsReadyAsync();
        await traffic.SendAsync(Round);
        await deployment.Reads.QuietAsync(() => deployment.Log);
        Assert.True(await other.CountedAsync(Folded) > 0, "it is ready and folds nothing");
    }

    private static string OtherPolicy()
    {
        string policy = File.ReadAllText(Path.Combine(Program.Root, "services/reconciler/Policies/default-policy.yaml"));
        int version = policy.IndexOf("\nversion:", StringComparison.Ordinal) + 1;
        return $"{policy[..version]}version: \"2099.1\"{policy[policy.IndexOf('\n', version)..]}";
    }
}
