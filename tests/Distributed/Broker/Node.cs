using System.Diagnostics;
using System.Text;
using ReleaseIntegrity.Tests.Distributed.Deployed;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Distributed.Broker;

/// <summary>
/// Debian's <c>rabbitmq-server</c> as a private node: loopback ports, a data folder and a cookie of its own. It keeps
/// its data over its deaths.
/// </summary>
internal sealed class Node : IDisposable
{
    private const string Scripts = "/usr/lib/rabbitmq/bin";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly Scratch _scratch = new();
    private readonly Child? _portMapper;
    private readonly int _mapperPort;
    private readonly int _distributionPort = FreePort.Next();
    private readonly string _name;
    private readonly string _cookie;
    private readonly StringBuilder _log = new();
    private Child? _child;

    /// <summary>A node that is not started; in a cluster it shares cookie and port mapper with the first.</summary>
    public Node(string name = "rabbit", Node? first = null)
    {
        _name = $"{name}@localhost";
        _cookie = first?._cookie ?? Guid.NewGuid().ToString("N");
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
            cluster_formation.peer_discovery_backend = classic_config
            cluster_formation.classic_config.nodes.1 = {(first ?? this)._name}
            cluster_formation.classic_config.nodes.2 = {_name}
            """);
        if (first is null)
        {
            // In the foreground, so that it ends with the test: a node would start one that stays.
            var start = new ProcessStartInfo("epmd", ["-port", $"{_mapperPort}", "-address", "127.0.0.1"]) { RedirectStandardOutput = true, RedirectStandardError = true };
            _portMapper = new Child(start);
        }
    }

    /// <summary>Where it speaks AMQP.</summary>
    public int Port { get; } = FreePort.Next();

    /// <summary>Its name in a cluster.</summary>
    public string Name => _name;

    /// <summary>Whether the process runs.</summary>
    public bool IsRunning => _child is { IsRunning: true };

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
        start.Environment["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none";
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

    private ProcessStartInfo Script(string name) => new(Path.Combine(Scripts, name))
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment =
        {
            ["HOME"] = _scratch.Folder,
            ["ERL_EPMD_PORT"] = $"{_mapperPort}",
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODENAME"] = _name,
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = $"{Port}",
            ["RABBITMQ_DIST_PORT"] = $"{_distributionPort}",
            ["RABBITMQ_MNESIA_BASE"] = _scratch["data"],
            ["RABBITMQ_LOG_BASE"] = _scratch["log"],
            ["RABBITMQ_CONFIG_FILE"] = _scratch["rabbitmq.conf"],
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = _scratch["enabled_plugins"],
            ["RABBITMQ_PID_FILE"] = _scratch["pid"],
            ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
        },
    };

    private void Heard(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
        {
            _log.AppendLine(line.Data);
        }
    }
}
