using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Distributed.Chaos.Faults;

/// <summary>Something happens to one node of the broker. Meanwhile every collector goes on accepting: it needs no broker for that.</summary>
internal abstract class BrokerFault(int number) : Fault
{
    /// <summary>The node's name in plans.</summary>
    protected string Node => $"node {number}";

    public sealed override Task BeginAsync(Scene scene) => BeginAsync(scene, scene.Cluster.Nodes[number - 1]);

    public sealed override async Task EndAsync(Scene scene)
    {
        await EndAsync(scene, scene.Cluster.Nodes[number - 1]);
        await scene.Cluster.HealAsync(scene.Cluster.Nodes[number - 1]);
    }

    public sealed override async Task MeanwhileAsync(Scene scene)
    {
        await IsSoAsync(scene, scene.Cluster.Nodes[number - 1]);
        var before = Sources.All.ToDictionary(s => s, scene.Load.AcceptedOf);

        // Other faults may keep a collector from it for a while; all of them end.
        await Eventually.IsAsync(
            $"with {this}, every collector accepts",
            () => Task.FromResult(string.Join(", ", Sources.All.Where(s => scene.Load.AcceptedOf(s) == before[s]).Select(s => $"{s} does not"))),
            none => none.Length == 0 || scene.Load.IsOver,
            () => scene.Deployment.Log);
    }

    protected abstract Task BeginAsync(Scene scene, Node node);

    protected abstract Task EndAsync(Scene scene, Node node);

    /// <summary>Waits until the fault has the effect that it is named for.</summary>
    protected virtual Task IsSoAsync(Scene scene, Node node) => Task.CompletedTask;

    /// <summary>The node's peers take it for dead, and, where it can, it them.</summary>
    protected async Task IsMissedAsync(Scene scene, Node node, bool mutually) => await Eventually.IsTrueAsync(
        $"with {this}, the others miss it",
        () => Task.FromResult(scene.Cluster.Nodes.Where(n => n != node).All(n => n.HasLost(node) && (!mutually || node.HasLost(n)))),
        () => scene.Cluster.Logs);
}
