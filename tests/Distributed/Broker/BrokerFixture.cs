using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Distributed.Broker;

/// <summary>One node for the tests of a collection, each of which has a virtual host of its own.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    private int _virtualHosts;
    private Node? _node;

    /// <summary>The node.</summary>
    internal Node Node => _node ?? throw new InvalidOperationException("the broker is not started");

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A new virtual host, empty. The first one starts the node.</summary>
    internal async Task<BusAddress> VirtualHostAsync()
    {
        Node.Require();
        if (_node is null)
        {
            _node = new Node();
            await _node.StartAsync();
        }

        string name = $"test-{Interlocked.Increment(ref _virtualHosts)}";
        await Node.AddVirtualHostAsync(name);
        return new BusAddress([Node.Endpoint], name);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _node?.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>The tests that leave the broker alone share one.</summary>
[CollectionDefinition(Name)]
public sealed class SharedBroker : ICollectionFixture<BrokerFixture>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "a broker that stays";
}
