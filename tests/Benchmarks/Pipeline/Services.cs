using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace ReleaseIntegrity.Benchmarks.Pipeline;

/// <summary>The six services, each a process of its own with a SQLite file of its own, over one broker.</summary>
internal sealed class Services : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(10);
    private static readonly (string Name, string Folder, string Assembly)[] All =
    [
        ("artifact-registry", "collectors/ArtifactRegistry", "Collectors.ArtifactRegistry"),
        ("signature-ledger", "collectors/SignatureLedger", "Collectors.SignatureLedger"),
        ("change-snapshot", "collectors/ChangeSnapshot", "Collectors.ChangeSnapshot"),
        ("runtime-validation", "collectors/RuntimeValidation", "Collectors.RuntimeValidation"),
        ("reconciler", "reconciler/Service", "Reconciler"),
        ("handoff", "handoff/Service", "Handoff"),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("pipeline-benchmark-").FullName;
    private readonly Dictionary<string, Process> _processes = [];
    private readonly Dictionary<string, int> _ports = [];
    private readonly HttpClient _http = new();

    private Services(int brokerPort)
    {
        string key = Path.Combine(_folder, "token.key");
        File.WriteAllText(key, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        foreach ((string name, string folder, string assembly) in All)
        {
            _ports[name] = FreePort();
            _processes[name] = Start(name, folder, $"ReleaseIntegrity.{assembly}.dll", new Dictionary<string, string>
            {
                ["urls"] = Url(name),
                ["Bus:Transport"] = "rabbitmq",
                ["Bus:Host"] = "127.0.0.1",
                ["Bus:Port"] = brokerPort.ToString(CultureInfo.InvariantCulture),
                ["Store:DataFolder"] = Path.Combine(_folder, name),
                ["Handoff:TokenKeyFile"] = key,
                ["Handoff:SigningKeyFile"] = key,
                ["Handoff:GrpcUrl"] = $"http://127.0.0.1:{FreePort()}",
                ["Logging:LogLevel:Default"] = "Warning",
            });
        }
    }

    /// <summary>Loopback ports of the collectors, by source.</summary>
    public IReadOnlyDictionary<string, int> Collectors => All[..4].ToDictionary(s => s.Name, s => _ports[s.Name]);

    /// <summary>The handoff's database.</summary>
    public string HandoffFile => Path.Combine(_folder, "handoff", "handoff.db");

    /// <summary>Starts them all and waits until each is ready.</summary>
    /// <exception cref="InvalidOperationException">One ended.</exception>
    public static async Task<Services> StartAsync(int brokerPort)
    {
        var services = new Services(brokerPort);
        using var limit = new CancellationTokenSource(StartLimit);
        try
        {
            foreach ((string name, _, _) in All)
            {
                while (!await services.IsReadyAsync(name, limit.Token))
                {
                    await Task.Delay(200, limit.Token);
                }
            }

            return services;
        }
        catch
        {
            services.Dispose();
            throw;
        }
    }

    /// <summary>What each process has used so far.</summary>
    public IReadOnlyDictionary<string, ProcessUsage> Usage() =>
        _processes.ToDictionary(p => p.Key, p => ProcessUsage.Of(p.Value.Id));

    /// <summary>Notifications that wait in collectors, and messages that wait in their outboxes.</summary>
    public async Task<long> WaitingAsync()
    {
        long waiting = 0;
        foreach (string source in Collectors.Keys)
        {
            using Stream counts = await _http.GetStreamAsync(new Uri($"{Url(source)}/counts"));
            using var document = System.Text.Json.JsonDocument.Parse(counts);
            waiting += document.RootElement.GetProperty("waiting").GetInt64() + document.RootElement.GetProperty("unpublished").GetInt64();
        }

        return waiting;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Process process in _processes.Values)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> IsReadyAsync(string name, CancellationToken cancellationToken)
    {
        if (_processes[name].HasExited)
        {
            throw new InvalidOperationException($"{name} ended with {_processes[name].ExitCode}; what it said is above");
        }

        try
        {
            using HttpResponseMessage answer = await _http.GetAsync(new Uri($"{Url(name)}/health/ready"), cancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Process Start(string name, string folder, string assembly, Dictionary<string, string> settings)
    {
        string work = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        var start = new ProcessStartInfo("dotnet", [Built(folder, assembly)]) { WorkingDirectory = work };
        foreach ((string setting, string value) in settings)
        {
            start.Environment[setting.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return Process.Start(start)!;
    }

    private string Url(string name) => $"http://127.0.0.1:{_ports[name]}";

    /// <summary>The program that was built beside this one, in the same configuration.</summary>
    private static string Built(string folder, string assembly)
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        string output = Path.Combine("bin", root.Parent!.Name, root.Name);
        while (!File.Exists(Path.Combine(root.FullName, "Microservices.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("run it from within the repository");
        }

        return Path.Combine(root.FullName, "services", folder, output, assembly);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
