using System.Diagnostics;
using System.Globalization;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Distributed.Deployed;

/// <summary>One process of a service. It keeps its addresses and its store over its deaths.</summary>
internal sealed class Replica : IDisposable
{
    private const int KeptLines = 300;
    private const int SigTerm = 15;

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private readonly Queue<string> _log = new();
    private readonly IReadOnlyDictionary<string, string> _settings;
    private Child? _child;

    public Replica(Role role, int number, IReadOnlyDictionary<string, string> settings)
    {
        Role = role;
        Name = NameOf(role, number);
        Address = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        Grpc = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        _settings = settings;
    }

    /// <summary>What it is a replica of.</summary>
    public Role Role { get; }

    /// <summary>The name of a replica: service and number, from 1.</summary>
    public static string NameOf(Role role, int number) => $"{role.Name} {number}";

    /// <summary>Service and number.</summary>
    public string Name { get; }

    /// <summary>Where it listens, HTTP/1.1.</summary>
    public Uri Address { get; }

    /// <summary>Where a handoff speaks gRPC.</summary>
    public Uri Grpc { get; }

    /// <summary>Whether the process runs.</summary>
    public bool IsRunning => _child is { IsRunning: true };

    /// <summary>The last lines of what it said, deaths included.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return string.Join('\n', _log.Select(line => $"{Name}: {line}"));
            }
        }
    }

    /// <summary>Starts the process, and does not wait for it.</summary>
    public void Start()
    {
        ProcessStartInfo start = Role.Program.Start("--urls", Address.GetLeftPart(UriPartial.Authority));
        foreach ((string name, string value) in _settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        if (Role == Role.Handoff)
        {
            start.Environment["Handoff__GrpcUrl"] = Grpc.GetLeftPart(UriPartial.Authority);
        }

        // Many small processes on few processors: none needs a heap per processor.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        Say("-- started");
        _child = new Child(start);
        _child.Process.OutputDataReceived += (_, line) => Say(line.Data);
        _child.Process.ErrorDataReceived += (_, line) => Say(line.Data);
        _child.Process.BeginOutputReadLine();
        _child.Process.BeginErrorReadLine();
    }

    /// <summary>Waits until it answers, ready or not.</summary>
    public Task IsLiveAsync() => Eventually.IsTrueAsync($"{Name} lives", async () => await StatusAsync("health/live") == 200, () => Log);

    /// <summary>Waits until it says that it is ready.</summary>
    public Task IsReadyAsync() => Eventually.IsTrueAsync($"{Name} is ready", async () => await StatusAsync("health/ready") == 200, () => Log);

    /// <summary>What it answers to the question whether it is ready: the status, and what it says is missing.</summary>
    public async Task<(int Status, string Text)> ReadinessAsync()
    {
        using HttpResponseMessage response = await Http.GetAsync(new Uri(Address, "health/ready"));
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>What its clock says, to the second.</summary>
    public async Task<DateTimeOffset> DateAsync()
    {
        using HttpResponseMessage response = await Http.GetAsync(new Uri(Address, "health/live"));
        return response.Headers.Date!.Value;
    }

    /// <summary>The sum of a counter over all its labels, as it is scraped; 0 while it has counted nothing.</summary>
    /// <param name="name">As Prometheus names it: <c>releaseintegrity_fold_observations</c>, whatever its suffix.</param>
    public async Task<double> CountedAsync(string name)
    {
        string text = await Http.GetStringAsync(new Uri(Address, "metrics"));
        return text.Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && !line.StartsWith($"{name}_created", StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Resident memory in bytes.</summary>
    public long ResidentBytes()
    {
        _child!.Process.Refresh();
        return _child.Process.WorkingSet64;
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        // First forgotten: what is killed has not ended by itself.
        Child? killed = Interlocked.Exchange(ref _child, null);
        killed?.Dispose();
        Say("-- killed");
    }

    /// <summary>Whether it ended without being told to.</summary>
    public bool HasEndedByItself => _child is { IsRunning: false };

    /// <summary>SIGSTOP: it keeps its locks, its leases and its connections, and answers nobody.</summary>
    public void Pause()
    {
        _child!.Pause();
        Say("-- paused");
    }

    /// <summary>SIGCONT.</summary>
    public void Resume()
    {
        _child!.Resume();
        Say("-- resumed");
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        Process process = _child!.Process;
        using (Process.Start("kill", [$"-{SigTerm}", $"{process.Id}"]))
        {
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(90));
        }

        Say($"-- stopped with {process.ExitCode}");
        return process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose() => _child?.Dispose();

    private async Task<int> StatusAsync(string path)
    {
        Assert.True(IsRunning, $"{Name} ended by itself\n{Log}");
        using HttpResponseMessage response = await Http.GetAsync(new Uri(Address, path));
        return (int)response.StatusCode;
    }

    private void Say(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_log)
        {
            _log.Enqueue(line);
            if (_log.Count > KeptLines)
            {
                _log.Dequeue();
            }
        }
    }
}
