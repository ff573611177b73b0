using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Distributed.Chaos.Faults;

/// <summary>Nobody reaches a node of the broker, neither its peers nor the services, and connections to it hang.</summary>
internal sealed class CutOffNode(int number) : BrokerFault(number)
{
    protected override Task BeginAsync(Scene scene, Node node) => scene.Network!.CutOffAsync(node.Site);

    protected override Task IsSoAsync(Scene scene, Node node) => IsMissedAsync(scene, node, mutually: true);

    protected override Task EndAsync(Scene scene, Node node) => scene.Network!.JoinAsync(node.Site);

    public override string ToString() => $"{Node} cut off";
}
