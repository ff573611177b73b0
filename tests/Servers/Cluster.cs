using System.Runtime.Versioning;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Servers;

/// <summary>Three nodes that are one broker, on loopback or each in a network namespace.</summary>
[SupportedOSPlatform("linux")]
public sealed class Cluster : IDisposable
{
    private const string VirtualHost = "cluster";

    private readonly List<Node> _nodes = [];

    private Cluster(IReadOnlyList<Site> sites)
    {
        foreach (Site site in sites)
        {
            _nodes.Add(new Node($"rabbit{_nodes.Count + 1}", site, _nodes.FirstOrDefault()));
        }
    }

    /// <summary>The nodes; each keeps its data over its deaths.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Starts them on loopback, the first one first.</summary>
    public static Task<Cluster> StartAsync() => StartAsync(Enumerable.Repeat(Site.Loopback, 3).ToList());

    /// <summary>Starts one per site, the first one first.</summary>
    /// <param name="sites">Where.</param>
    /// <param name="prepare">What is done to a node before it starts for the first time.</param>
    public static async Task<Cluster> StartAsync(IReadOnlyList<Site> sites, Func<Node, Task>? prepare = null)
    {
        var cluster = new Cluster(sites);
        try
        {
            foreach (Node node in cluster._nodes)
            {
                await (prepare?.Invoke(node) ?? Task.CompletedTask);
            }

            // The others join the first.
            await cluster._nodes[0].StartAsync();
            await Task.WhenAll(cluster._nodes.Skip(1).Select(n => n.StartAsync()));
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
        await _nodes[0].AddVirtualHostAsync(VirtualHost);
        return new BusAddress([.. _nodes.Select(n => n.Endpoint)], VirtualHost);
    }

    /// <summary>Whether every node sees every other one.</summary>
    public bool IsWhole => _nodes.TrueForAll(n => _nodes.TrueForAll(p => p == n || !n.HasLost(p)));

    /// <summary>Returns when the cluster is whole again; a node that can't come back by itself is started again, as an operator does it.</summary>
    public async Task HealAsync(Node node)
    {
        await Eventually.IsTrueAsync($"{node.Name} comes back", () => Task.FromResult(IsWhole || node.IsParted), () => Logs);
        if (node.IsParted)
        {
            node.Kill();
            await node.StartAsync();
            await Eventually.IsTrueAsync($"{node.Name} is back", () => Task.FromResult(IsWhole), () => Logs);
        }
    }

    /// <summary>What the nodes logged.</summary>
    public string Logs => string.Join('\n', _nodes.Select(n => n.Log));

    /// <inheritdoc/>
    public void Dispose() => _nodes.AsEnumerable().Reverse().ToList().ForEach(n => n.Dispose());
}
