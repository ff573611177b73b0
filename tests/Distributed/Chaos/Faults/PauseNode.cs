using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Distributed.Chaos.Faults;

/// <summary>A node of the broker stands still until the others take it for dead, and comes back with what it held.</summary>
internal sealed class PauseNode(int number) : BrokerFault(number)
{
    protected override Task BeginAsync(Scene scene, Node node)
    {
        node.Pause();
        return Task.CompletedTask;
    }

    protected override Task IsSoAsync(Scene scene, Node node) => IsMissedAsync(scene, node, mutually: false);

    protected override Task EndAsync(Scene scene, Node node)
    {
        node.Resume();
        return Task.CompletedTask;
    }

    public override string ToString() => $"pause of {Node}";
}
