using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Hosting;

/// <summary>A service as it is deployed: a program, and settings in its environment.</summary>
internal sealed partial class Service : IDisposable
{
    private const int SigTerm = 15;

    private static readonly IReadOnlyDictionary<string, Program> Programs = new Dictionary<string, Program>(StringComparer.Ordinal)
    {
        ["artifact-registry"] = Collector("ArtifactRegistry"),
        ["signature-ledger"] = Collector("SignatureLedger"),
        ["change-snapshot"] = Collector("ChangeSnapshot"),
        ["runtime-validation"] = Collector("RuntimeValidation"),
        ["reconciler"] = new("services/reconciler/Service", "ReleaseIntegrity.Reconciler"),
        ["handoff"] = new("services/handoff/Service", "ReleaseIntegrity.Handoff"),
    };

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly ConcurrentQueue<string> _log = new();
    private readonly Child _child;

    private Service(ProcessStartInfo start, int port)
    {
        Address = new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/");
        _child = new Child(start);
        _child.Process.OutputDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _child.Process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _child.Process.BeginOutputReadLine();
        _child.Process.BeginErrorReadLine();
    }

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Programs.Keys];

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>What it wrote.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>Settings with which any service starts: its data in a folder, and the keys of the handoff.</summary>
    public static Dictionary<string, string> Settings(Scratch scratch, params IEnumerable<(string Name, string Value)> more)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Store__DataFolder"] = scratch["data"],
            ["Handoff__TokenKeyFile"] = scratch.Write("token.key", new string('7', 64)),
            ["Handoff__SigningKeyFile"] = scratch.Write("signing.key", new string('5', 64)),
            ["Drain__WindowSeconds"] = "0",
            ["SecretsFolder"] = scratch["secrets"],
        };
        foreach ((string name, string value) in more)
        {
            settings[name] = value;
        }

        return settings;
    }

    /// <summary>Starts it on free ports, and waits until it answers.</summary>
    public static async Task<Service> StartAsync(string name, IReadOnlyDictionary<string, string> settings)
    {
        int port = FreePort();
        ProcessStartInfo start = Prepared(name, settings, []);
        start.Environment["URLS"] = $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
        start.Environment["Handoff__GrpcUrl"] = $"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}";
        var service = new Service(start, port);
        await Eventually.IsTrueAsync($"{name} answers", async () => await service.StatusAsync("health/live") == HttpStatusCode.OK, () => service.Log);
        return service;
    }

    /// <summary>Runs one of its commands, or a start that is refused, to its end.</summary>
    public static Task<Outcome> RunAsync(string name, IReadOnlyDictionary<string, string> settings, params IEnumerable<string> arguments) =>
        Outcome.OfAsync(Prepared(name, settings, arguments), Limit);

    /// <summary>The status of a path.</summary>
    public async Task<HttpStatusCode> StatusAsync(string path)
    {
        Assert.False(_child.Process.HasExited, Log);
        using HttpResponseMessage response = await Http.GetAsync(new Uri(Address, path));
        return response.StatusCode;
    }

    /// <summary>What it answers.</summary>
    public async Task<(HttpStatusCode Status, string Text)> GetAsync(string path)
    {
        using HttpResponseMessage response = await Http.GetAsync(new Uri(Address, path));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Sends a notification.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, string body) => Http.PostAsync(new Uri(Address, path), new StringContent(body));

    /// <summary>Tells it to stop, and does not wait.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", [$"-{SigTerm.ToString(CultureInfo.InvariantCulture)}", _child.Process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end; returns the exit code.</summary>
    public async Task<int> EndAsync()
    {
        await _child.Process.WaitForExitAsync().WaitAsync(Limit);
        return _child.Process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose() => _child.Dispose();

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static ProcessStartInfo Prepared(string name, IReadOnlyDictionary<string, string> settings, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = Programs[name].Start(arguments);
        foreach (string inherited in start.Environment.Keys.Where(k => Own().IsMatch(k)).ToList())
        {
            start.Environment.Remove(inherited);
        }

        foreach ((string setting, string value) in settings)
        {
            start.Environment[setting] = value;
        }

        start.Environment["DOTNET_TieredPGO"] = "0";
        return start;
    }

    private static Program Collector(string project) => new($"services/collectors/{project}", $"ReleaseIntegrity.Collectors.{project}");

    [GeneratedRegex("^(Store|Bus|Collector|Reconciler|Handoff|Drain)__", RegexOptions.IgnoreCase)]
    private static partial Regex Own();
}
