using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Servers;

/// <summary>
/// Debian's <c>rabbitmq-server</c> as a private node: ports, a data folder and a cookie of its own, on loopback or in a
/// network namespace. It keeps its data over its deaths.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class Node : IDisposable
{
    private const string Scripts = "/usr/lib/rabbitmq/bin";

    /// <summary>How long a silent peer is thought to be there; after a minute, which is usual, most tests are over.</summary>
    private const int TickTime_s = 4;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly Scratch _scratch = new();
    private readonly Child? _portMapper;
    private readonly Site _site;
    private readonly int _mapperPort;
    private readonly int _distributionPort = FreePort.Next();
    private readonly string _name;
    private readonly string _cookie;
    private readonly StringBuilder _log = new();
    private Child? _child;

    /// <summary>A node that is not started; in a cluster it shares the cookie with the first, and on one site the port mapper.</summary>
    public Node(string name = "rabbit", Site? site = null, Node? first = null)
    {
        _site = site ?? Site.Loopback;
        _name = $"{name}@{(_site == Site.Loopback ? "localhost" : _site.Address)}";
        _cookie = first?._cookie ?? Guid.NewGuid().ToString("N");

        // Everywhere the same: a node looks for its peers at the port of its own.
        _mapperPort = first?._mapperPort ?? FreePort.Next();
        File.WriteAllText(_scratch[".erlang.cookie"], _cookie);
        File.SetUnixFileMode(_scratch[".erlang.cookie"], UnixFileMode.UserRead);
        _scratch.Write("enabled_plugins", "[].");
        _scratch.Write("rabbitmq.conf", $"""
            loopback_users = none
            vm_memory_high_watermark.absolute = 1GB
            disk_free_limit.absolute = 50MB
            log.console = true
            log.console.level = info
            cluster_partition_handling = pause_minority
            raft.wal_max_size_bytes = 33554432
            cluster_formation.peer_discovery_backend = classic_config
            cluster_formation.classic_config.nodes.1 = {(first ?? this)._name}
            cluster_formation.classic_config.nodes.2 = {_name}
            """);
        if (first?._site != _site)
        {
            // In the foreground, so that it ends with the test: a node would start one that stays.
            _portMapper = new Child(On("epmd", "-port", $"{_mapperPort}", "-address", _site.Address));
        }
    }

    /// <summary>Where it speaks AMQP.</summary>
    public int Port { get; } = FreePort.Next();

    /// <summary>Where it speaks AMQP, as <c>address:port</c>.</summary>
    public string Endpoint => $"{_site.Address}:{Port}";

    /// <summary>Where it runs.</summary>
    public Site Site => _site;

    /// <summary>Where everything lies that it keeps.</summary>
    public string DataFolder => _scratch["data"];

    /// <summary>Its name in a cluster.</summary>
    public string Name => _name;

    /// <summary>Whether the process runs.</summary>
    public bool IsRunning => _child is { Process.HasExited: false };

    /// <summary>What it logged since it was started.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Skips the test where there is no broker to start; fails it where there has to be one.</summary>
    public static void Require()
    {
        if (File.Exists(Path.Combine(Scripts, "rabbitmq-server")))
        {
            return;
        }

        const string Reason = "rabbitmq-server is missing: apt-get install rabbitmq-server";
        if (Environment.GetEnvironmentVariable("REQUIRE_BROKER") == "1")
        {
            Assert.Fail(Reason);
        }

        Assert.Skip(Reason);
    }

    /// <summary>Starts it, and returns when it takes connections.</summary>
    public async Task StartAsync()
    {
        ProcessStartInfo start = Script("rabbitmq-server");
        start.Environment["RUNNING_UNDER_SYSTEMD"] = "true"; // the script becomes the node, so that a signal is the node's
        start.Environment["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none"
            + $" -kernel net_ticktime {TickTime_s}";
        lock (_log)
        {
            _log.Clear();
        }

        _child = new Child(start);
        _child.Process.OutputDataReceived += Heard;
        _child.Process.ErrorDataReceived += Heard;
        _child.Process.BeginOutputReadLine();
        _child.Process.BeginErrorReadLine();
        await Eventually.IsTrueAsync(
            $"{_name} starts", () => Task.FromResult(Log.Contains("Server startup complete", StringComparison.Ordinal)), () => Log, Limit);
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _child?.Dispose();
        _child = null;
    }

    /// <summary>Whether it takes a peer for dead, as its log says.</summary>
    public bool HasLost(Node peer)
    {
        string log = Log;
        int Last(string what) => Math.Max(
            log.LastIndexOf($"rabbit on node {peer._name} {what}", StringComparison.Ordinal),
            log.LastIndexOf($"rabbit on node '{peer._name}' {what}", StringComparison.Ordinal));
        return Last("down") > Last("up");
    }

    /// <summary>
    /// Whether it says, since it was started, that it and its peers went on without each other. So it is after a pause: it never
    /// saw that it was alone, does not stop by itself, and has to be started again.
    /// </summary>
    public bool IsParted =>
        Log is var log && log.LastIndexOf("running_partitioned_network", StringComparison.Ordinal) > log.LastIndexOf("Starting RabbitMQ", StringComparison.Ordinal);

    /// <summary>Whether it says that its disk has too little room.</summary>
    public bool HasDiskAlarm =>
        Log is var log && log.LastIndexOf("disk space is insufficient", StringComparison.Ordinal) > log.LastIndexOf("disk space is sufficient", StringComparison.Ordinal);

    /// <summary>SIGSTOP: it holds what it has, and answers nobody.</summary>
    public void Pause() => _child!.Pause();

    /// <summary>SIGCONT.</summary>
    public void Resume() => _child!.Resume();

    /// <summary>Stops it in order.</summary>
    public async Task StopAsync()
    {
        using (Process.Start("kill", ["-TERM", $"{_child!.Process.Id}"]))
        {
            await _child.Process.WaitForExitAsync().WaitAsync(Limit);
        }

        _child.Dispose();
        _child = null;
    }

    /// <summary>Starts it where it does not run.</summary>
    public Task EnsureRunningAsync() => IsRunning ? Task.CompletedTask : StartAsync();

    /// <summary>Runs <c>rabbitmqctl</c>, and returns what it printed.</summary>
    public async Task<string> CtlAsync(params string[] arguments)
    {
        ProcessStartInfo start = Script("rabbitmqctl");
        foreach (string argument in (string[])["-n", _name, "-q", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        Outcome outcome = await Outcome.OfAsync(start, Limit);
        Assert.True(outcome.Code == 0, $"{string.Join(' ', arguments)}: {outcome.Output}{outcome.Error}\n{Log}");
        return outcome.Output;
    }

    /// <summary>Adds a virtual host in which everybody may do everything.</summary>
    public Task AddVirtualHostAsync(string name) => CtlAsync("eval", $$"""
        rabbit_vhost:add(<<"{{name}}">>, <<"test">>),
        rabbit_auth_backend_internal:set_permissions(<<"guest">>, <<"{{name}}">>, <<".*">>, <<".*">>, <<".*">>, <<"test">>).
        """);

    /// <inheritdoc/>
    public void Dispose()
    {
        _child?.Dispose();
        _portMapper?.Dispose();
        _scratch.Dispose();
    }

    private ProcessStartInfo Script(string name)
    {
        ProcessStartInfo start = On(Path.Combine(Scripts, name));
        foreach ((string variable, string value) in (IEnumerable<(string, string)>)
        [
            ("HOME", _scratch.Folder),
            ("ERL_EPMD_PORT", $"{_mapperPort}"),
            ("ERL_EPMD_ADDRESS", _site.Address),
            ("RABBITMQ_NODENAME", _name),
            ("RABBITMQ_USE_LONGNAME", _site == Site.Loopback ? "false" : "true"),
            ("RABBITMQ_NODE_IP_ADDRESS", _site.Address),
            ("RABBITMQ_NODE_PORT", $"{Port}"),
            ("RABBITMQ_DIST_PORT", $"{_distributionPort}"),
            ("RABBITMQ_MNESIA_BASE", DataFolder),
            ("RABBITMQ_LOG_BASE", _scratch["log"]),
            ("RABBITMQ_CONFIG_FILE", _scratch["rabbitmq.conf"]),
            ("RABBITMQ_ENABLED_PLUGINS_FILE", _scratch["enabled_plugins"]),
            ("RABBITMQ_PID_FILE", _scratch["pid"]),
            ("RABBITMQ_CONF_ENV_FILE", "/dev/null"),
        ])
        {
            start.Environment[variable] = value;
        }

        return start;
    }

    private ProcessStartInfo On(string program, params string[] arguments)
    {
        IReadOnlyList<string> command = _site.Command(program);
        return new ProcessStartInfo(command[0], [.. command.Skip(1), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
    }

    private void Heard(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
        {
            _log.AppendLine(line.Data);
        }
    }
}
