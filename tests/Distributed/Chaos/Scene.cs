using ReleaseIntegrity.Tests.Distributed.Deployed;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Distributed.Chaos;

/// <summary>
/// What faults happen to: a broker of three nodes, each in a network namespace and on a disk of its own where that is
/// possible; services, each with a clock of its own and on a disk with its other replicas; and the load.
/// </summary>
internal sealed class Scene : IDisposable
{
    private const int NodeDisk_MiB = 600;
    private const int StoreDisk_MiB = 4_096;

    private readonly Dictionary<string, Disk> _disks = new(StringComparer.Ordinal);
    private readonly List<string> _missing = [];
    private Cluster? _cluster;
    private Deployment? _deployment;
    private Load? _load;

    private Scene()
    {
    }

    /// <summary>The namespaces; null where they can't be made.</summary>
    public Network? Network { get; private set; }

    /// <summary>The services' clocks; null where they can't be set.</summary>
    public Clocks? Clocks { get; private set; }

    /// <summary>The broker.</summary>
    public Cluster Cluster => _cluster!;

    /// <summary>The services.</summary>
    public Deployment Deployment => _deployment!;

    /// <summary>The sources.</summary>
    public Load Load => _load!;

    /// <summary>What can go wrong here.</summary>
    public Needs Able { get; private set; } = Needs.Network | Needs.Disks | Needs.Clocks | Needs.Files;

    /// <summary>Why the rest can't.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>What is to go wrong.</summary>
    public IReadOnlyList<Step> Plan { get; private set; } = [];

    /// <summary>Sets everything up, and makes a plan of what can go wrong here; returns when every service is ready.</summary>
    public static async Task<Scene> SetAsync(int seed, TimeSpan length, Cast cast)
    {
        var scene = new Scene();
        try
        {
            await scene.StartBrokerAsync();
            await scene.PrepareServicesAsync(cast);
            scene.Plan = Chaos.Plan.Make(seed, length, cast, scene.Able);
            await scene.StartServicesAsync(cast);
            scene._load = new Load(scene.Deployment, seed);
            return scene;
        }
        catch
        {
            scene.Dispose();
            throw;
        }
    }

    /// <summary>A replica by its name.</summary>
    public Replica Replica(string name) => Deployment.Replicas.Single(r => r.Name == name);

    /// <summary>The disk of a service, or of a node of the broker, by its name.</summary>
    public Disk Disk(string name) => _disks[name];

    /// <summary>No service may end unless it is killed.</summary>
    public void NobodyEndedByItself() =>
        Assert.All(Deployment.Replicas, r => Assert.False(r.HasEndedByItself, $"{r.Name} ended by itself\n{r.Log}"));

    /// <inheritdoc/>
    public void Dispose()
    {
        // The disks first: folders that something is mounted on can't be deleted.
        foreach (Disk disk in _disks.Values)
        {
            disk.Dispose();
        }

        _deployment?.Dispose();
        _cluster?.Dispose();
        Network?.Dispose();
    }

    private async Task StartBrokerAsync()
    {
        (Network, string? whyNot) = await Network.TryMakeAsync(Cast.Nodes);
        Lacks(Needs.Network, whyNot);
        IReadOnlyList<Site> sites = Network?.Sites ?? [.. Enumerable.Repeat(Site.Loopback, Cast.Nodes)];
        _cluster = await Cluster.StartAsync(sites, node => MountAsync(node.Name, node.DataFolder, NodeDisk_MiB));
    }

    private async Task PrepareServicesAsync(Cast cast)
    {
        _deployment = new Deployment(await Cluster.VirtualHostAsync(), Load.Settings);
        (Clocks, string? whyNot) = await Clocks.TryMakeAsync(_deployment);
        Lacks(Needs.Clocks, whyNot);
        foreach (Role role in cast.Roles.Distinct())
        {
            if (_deployment.Stores.FolderOf(role) is { } folder)
            {
                await MountAsync(role.Name, folder, StoreDisk_MiB);
            }
            else
            {
                Lacks(Needs.Files, "stores are on a server, whose disk is its own");
            }
        }

    }

    private async Task StartServicesAsync(Cast cast)
    {
        // Only those that need it have a clock of their own.
        HashSet<string?> wrong = [.. Plan.Select(s => s.Fault.Clock)];
        foreach (Role role in cast.Roles)
        {
            string name = Deployed.Replica.NameOf(role, Deployment.Of(role).Count + 1);
            Deployment.Start(role, wrong.Contains(name) ? Clocks!.Environment(name) : []);
        }

        await Task.WhenAll(Deployment.Replicas.Select(r => r.IsReadyAsync()));
    }

    private async Task MountAsync(string name, string folder, int megabytes)
    {
        (Disk? disk, string? whyNot) = await Servers.Disk.TryMountAsync(folder, megabytes);
        Lacks(Needs.Disks, whyNot);
        if (disk is not null)
        {
            _disks.Add(name, disk);
        }
    }

    private void Lacks(Needs what, string? why)
    {
        if (why is not null && Able.HasFlag(what))
        {
            Able &= ~what;
            _missing.Add(why);
        }
    }
}
