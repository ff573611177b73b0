using System.Diagnostics;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Servers;

/// <summary>
/// Network namespaces of this machine on one bridge, which the machine is on, too. Each can be cut off from everybody, or
/// from the other namespaces alone. Needs root, <c>iproute2</c>, and the capability to make namespaces.
/// </summary>
public sealed class Network : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly string _name = $"ri{Environment.ProcessId}";
    private readonly string _subnet = $"10.199.{Environment.ProcessId % 256}";
    private readonly List<Site> _sites = [];
    private bool _disposed;

    private Network() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();

    /// <summary>The namespaces.</summary>
    public IReadOnlyList<Site> Sites => _sites;

    /// <summary>Makes it; null and the reason where that is not possible here.</summary>
    public static async Task<(Network? Made, string? WhyNot)> TryMakeAsync(int sites)
    {
        var network = new Network();
        try
        {
            await network.MakeAsync(sites);
            return (network, null);
        }
        catch (InvalidOperationException refused)
        {
            network.Dispose();
            return (null, refused.Message);
        }
    }

    /// <summary>Nothing reaches the site any more, and nothing leaves it.</summary>
    public Task CutOffAsync(Site site) => IpAsync("link", "set", Port(site), "down");

    /// <summary>Ends <see cref="CutOffAsync"/>.</summary>
    public Task JoinAsync(Site site) => IpAsync("link", "set", Port(site), "up");

    /// <summary>The site can't answer the other sites any more; the machine still reaches all of them.</summary>
    public Task PartAsync(Site site) => RoutesAsync(site, "add");

    /// <summary>Ends <see cref="PartAsync"/>.</summary>
    public Task RejoinAsync(Site site) => RoutesAsync(site, "del");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach (Site site in _sites)
        {
            Forget("netns", "del", site.Namespace!);
            Forget("link", "del", Port(site));
        }

        Forget("link", "del", _name);
    }

    private async Task MakeAsync(int sites)
    {
        await IpAsync("link", "add", _name, "type", "bridge");
        await IpAsync("addr", "add", $"{_subnet}.254/24", "dev", _name);
        await IpAsync("link", "set", _name, "up");
        for (int i = 1; i <= sites; i++)
        {
            var site = new Site($"{_subnet}.{i}", $"{_name}-{i}");
            _sites.Add(site);
            await IpAsync("netns", "add", site.Namespace!);
            await IpAsync("link", "add", Port(site), "type", "veth", "peer", "name", "eth0", "netns", site.Namespace!);
            await IpAsync("link", "set", Port(site), "master", _name);
            await IpAsync("link", "set", Port(site), "up");
            await IpAsync("-n", site.Namespace!, "addr", "add", $"{site.Address}/24", "dev", "eth0");
            await IpAsync("-n", site.Namespace!, "link", "set", "eth0", "up");
            await IpAsync("-n", site.Namespace!, "link", "set", "lo", "up");
        }
    }

    private async Task RoutesAsync(Site site, string what)
    {
        foreach (Site other in _sites.Where(s => s != site))
        {
            await IpAsync("-n", site.Namespace!, "route", what, "blackhole", $"{other.Address}/32");
        }
    }

    private string Port(Site site) => $"{_name}p{_sites.IndexOf(site) + 1}";

    private static async Task IpAsync(params string[] arguments)
    {
        try
        {
            Outcome outcome = await Outcome.OfAsync(new ProcessStartInfo("ip", arguments), Limit);
            if (outcome.Code != 0)
            {
                throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {outcome.Error.Trim()}");
            }
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException($"ip: {missing.Message}", missing);
        }
    }

    private static void Forget(params string[] arguments)
    {
        try
        {
            using Process? ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true });
            ip?.WaitForExit(Limit);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Without the program nothing was made.
        }
    }
}
