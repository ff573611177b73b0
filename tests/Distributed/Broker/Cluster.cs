namespace ReleaseIntegrity.Tests.Distributed.Broker;

/// <summary>Three nodes on loopback that are one broker.</summary>
internal sealed class Cluster : IDisposable
{
    private readonly List<Node> _nodes = [];

    /// <summary>The nodes; each keeps its data over its deaths.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Starts them, one after the other.</summary>
    public static async Task<Cluster> StartAsync()
    {
        var cluster = new Cluster();
        try
        {
            foreach (string name in (string[])["rabbit1", "rabbit2", "rabbit3"])
            {
                var node = new Node(name, cluster._nodes.FirstOrDefault());
                cluster._nodes.Add(node);
                await node.StartAsync();
            }

            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>A new virtual host, empty, on all nodes.</summary>
    public async Task<BusAddress> VirtualHostAsync()
    {
        await _nodes[0].AddVirtualHostAsync("cluster");
        return new BusAddress([.. _nodes.Select(n => n.Port)], "cluster");
    }

    /// <inheritdoc/>
    public void Dispose() => _nodes.AsEnumerable().Reverse().ToList().ForEach(n => n.Dispose());
}
