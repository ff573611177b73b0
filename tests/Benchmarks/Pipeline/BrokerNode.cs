using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ReleaseIntegrity.Benchmarks.Pipeline;

/// <summary>
/// A private RabbitMQ node for one run: Debian's <c>rabbitmq-server</c> on free loopback ports with its own folder,
/// which is deleted at the end. Its clients come in as <c>guest</c>, which RabbitMQ admits from loopback only.
/// </summary>
internal sealed class BrokerNode : IDisposable
{
    // Not the ones on the path: those change the user, and with it the folder.
    private const string Control = "/usr/lib/rabbitmq/bin/rabbitmqctl";
    private const string Server = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("broker-benchmark-").FullName;
    private readonly Dictionary<string, string> _environment;
    private readonly Process _server;

    private BrokerNode()
    {
        Port = FreePort();
        string name = $"bench{Environment.ProcessId}";
        string plugins = Path.Combine(_folder, "enabled_plugins");
        File.WriteAllText(plugins, "[].");
        _environment = new Dictionary<string, string>
        {
            ["HOME"] = _folder,
            ["RABBITMQ_NODENAME"] = $"{name}@localhost",
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = Text(Port),
            ["RABBITMQ_DIST_PORT"] = Text(FreePort()),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder, "mnesia"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(_folder, "log"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = plugins,
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder, "none"),
            ["RABBITMQ_PID_FILE"] = Path.Combine(_folder, "pid"),
            ["ERL_EPMD_PORT"] = Text(FreePort()),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        };
        _server = Launch(Server, []);
        _ = _server.StandardOutput.ReadToEndAsync();
        _ = _server.StandardError.ReadToEndAsync();
    }

    /// <summary>Where it listens on loopback.</summary>
    public int Port { get; }

    /// <summary>The broker's own process: its pid is the Erlang machine's.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Starts a node and waits until it serves.</summary>
    /// <exception cref="InvalidOperationException">It isn't installed, or didn't come up.</exception>
    public static async Task<BrokerNode> StartAsync()
    {
        if (!File.Exists(Server))
        {
            throw new InvalidOperationException("rabbitmq-server is missing: apt-get install rabbitmq-server");
        }

        var node = new BrokerNode();
        using var limit = new CancellationTokenSource(StartLimit);
        while (!File.Exists(node._environment["RABBITMQ_PID_FILE"]))
        {
            await Task.Delay(200, limit.Token);
        }

        node.Run("wait", node._environment["RABBITMQ_PID_FILE"], "--timeout", "120");
        node.Run("await_startup");
        node.ProcessId = int.Parse(
            await File.ReadAllTextAsync(node._environment["RABBITMQ_PID_FILE"], limit.Token), CultureInfo.InvariantCulture);
        return node;
    }

    /// <summary>Bytes that all present connections have sent and received, by the broker's own count.</summary>
    public long WireBytes() =>
        Run("list_connections", "recv_oct", "send_oct", "--quiet", "--no-table-headers")
            .Split(['\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries)
            .Sum(n => long.Parse(n, CultureInfo.InvariantCulture));

    /// <summary>Messages in all queues, delivered and not yet acknowledged ones included.</summary>
    public long Messages() =>
        Run("list_queues", "messages", "--quiet", "--no-table-headers")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Sum(n => long.Parse(n, CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Run("stop", _environment["RABBITMQ_PID_FILE"]);
        }
        catch (InvalidOperationException)
        {
            _server.Kill(entireProcessTree: true);
        }

        _server.WaitForExit(TimeSpan.FromSeconds(30));
        _server.Dispose();
        using Process? epmd = Process.Start(new ProcessStartInfo("epmd", ["-port", _environment["ERL_EPMD_PORT"], "-kill"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        epmd?.WaitForExit();
        Directory.Delete(_folder, recursive: true);
    }

    private string Run(string command, params string[] arguments)
    {
        using Process process = Launch(Control, ["-n", _environment["RABBITMQ_NODENAME"], command, .. arguments]);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"rabbitmqctl {command} failed: {errors.Result}");
    }

    private Process Launch(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string key, string value) in _environment)
        {
            start.Environment[key] = value;
        }

        return Process.Start(start)!;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
