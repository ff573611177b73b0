using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Distributed.Chaos.Faults;

/// <summary>A partition: a node of the broker and its peers can't talk to each other, and the services reach both sides.</summary>
internal sealed class PartNode(int number) : BrokerFault(number)
{
    protected override Task BeginAsync(Scene scene, Node node) => scene.Network!.PartAsync(node.Site);

    protected override Task IsSoAsync(Scene scene, Node node) => IsMissedAsync(scene, node, mutually: true);

    protected override Task EndAsync(Scene scene, Node node) => scene.Network!.RejoinAsync(node.Site);

    public override string ToString() => $"{Node} parted from its peers";
}
