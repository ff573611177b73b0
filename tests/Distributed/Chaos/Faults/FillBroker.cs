using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Distributed.Chaos.Faults;

/// <summary>A node of the broker has less room on its disk than it wants to keep free: the whole broker takes nothing more.</summary>
internal sealed class FillBroker(int number) : BrokerFault(number)
{
    private const long LeftBytes = 20L << 20;

    protected override Task BeginAsync(Scene scene, Node node) => scene.Disk(node.Name).FillAsync(LeftBytes);

    protected override async Task IsSoAsync(Scene scene, Node node) => await Eventually.IsTrueAsync(
        $"with {this}, there is an alarm",
        () => Task.FromResult(node.HasDiskAlarm),
        () => node.Log);

    protected override Task EndAsync(Scene scene, Node node) => scene.Disk(node.Name).EmptyAsync();

    public override string ToString() => $"disk of {Node} nearly full";
}
