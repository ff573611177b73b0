namespace ReleaseIntegrity.Tests.Distributed.Broker;

/// <summary>One node for the tests of a collection, each of which has a virtual host of its own.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    private int _virtualHosts;

    /// <summary>The node.</summary>
    internal Node Node { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Node = new Node();
        await Node.StartAsync();
    }

    /// <summary>A new virtual host, empty.</summary>
    internal async Task<BusAddress> VirtualHostAsync()
    {
        string name = $"test-{Interlocked.Increment(ref _virtualHosts)}";
        await Node.AddVirtualHostAsync(name);
        return new BusAddress([Node.Port], name);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Node.Dispose();
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
