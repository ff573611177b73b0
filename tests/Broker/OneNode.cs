using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Broker;

/// <summary>One private broker node; each test has a virtual host of its own.</summary>
public sealed class OneNode : IAsyncLifetime
{
    private int _virtualHosts;
    private Node? _node;

    /// <summary>The node, running.</summary>
    public async Task<Node> NodeAsync()
    {
        Node.Require();
        _node ??= new Node();
        await _node.EnsureRunningAsync();
        return _node;
    }

    /// <summary>A new virtual host, empty.</summary>
    public async Task<BusAddress> VirtualHostAsync()
    {
        Node node = await NodeAsync();
        string name = $"test-{Interlocked.Increment(ref _virtualHosts)}";
        await node.AddVirtualHostAsync(name);
        return new BusAddress([node.Endpoint], name);
    }

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _node?.Dispose();
        return ValueTask.CompletedTask;
    }
}
