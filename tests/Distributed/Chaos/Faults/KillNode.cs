using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Distributed.Chaos.Faults;

/// <summary><c>kill -9</c> of a node of the broker, which is started again afterwards.</summary>
internal sealed class KillNode(int number) : BrokerFault(number)
{
    protected override Task BeginAsync(Scene scene, Node node)
    {
        node.Kill();
        return Task.CompletedTask;
    }

    protected override Task EndAsync(Scene scene, Node node) => node.StartAsync();

    public override string ToString() => $"kill -9 of {Node}";
}
