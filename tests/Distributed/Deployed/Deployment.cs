using Grpc.Net.Client;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Tests.Distributed.Broker;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Servers;
using ReleaseIntegrity.Tests.Running.Traffic;

namespace ReleaseIntegrity.Tests.Distributed.Deployed;

/// <summary>
/// The distributed mode on this machine: every service a process of its own, on a virtual host of its own of a real
/// broker and on stores of its own, which its replicas share.
/// </summary>
internal sealed class Deployment : IDisposable
{
    private const string SigningKey = "5151515151515151515151515151515151515151515151515151515151515151";
    private readonly Scratch _scratch = new();
    private readonly List<Replica> _replicas = [];
    private readonly List<GrpcChannel> _channels = [];
    private readonly Stores _stores;
    private readonly Dictionary<string, string> _settings;
    private int _turn;

    /// <summary>One on a broker, with settings besides those of the stores and the bus; nothing is started.</summary>
    public Deployment(BusAddress bus, params IEnumerable<(string Name, string Value)> settings)
    {
        Bus = bus;
        _stores = Stores.Choose(_scratch);
        _settings = bus.Settings()
            .Concat(settings)
            .ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal);
        _settings["Handoff:TokenKeyFile"] = _scratch.Write("token.key", new string('7', 64));
        _settings["Handoff:SigningKeyFile"] = _scratch.Write("signing.key", SigningKey);
        Reads = new Reads(AddressOf, () => Of(Role.Reconciler).First(r => r.IsRunning).Address);
    }

    /// <summary>The broker as its services see it.</summary>
    public BusAddress Bus { get; }

    /// <summary>Where the stores are.</summary>
    public Stores Stores => _stores;

    /// <summary>What operators can read.</summary>
    public Reads Reads { get; }

    /// <summary>A client of the first handoff that runs.</summary>
    public HandoffService.HandoffServiceClient Handoff => HandoffOf(Of(Role.Handoff).First(r => r.IsRunning));

    /// <summary>The last lines of every process.</summary>
    public string Log => string.Join('\n', _replicas.Select(r => r.Log));

    /// <summary>The replicas of a service, running or not.</summary>
    public IReadOnlyList<Replica> Of(Role role) => [.. _replicas.Where(r => r.Role == role)];

    /// <summary>All replicas.</summary>
    public IReadOnlyList<Replica> Replicas => _replicas;

    /// <summary>Starts one more replica of a service, and does not wait for it.</summary>
    public Replica Start(Role role) => Start(role, []);

    /// <summary>Starts one with settings, or other variables of its environment, of its own.</summary>
    public Replica Start(Role role, IEnumerable<(string Name, string Value)> own)
    {
        var settings = new Dictionary<string, string>(_settings, StringComparer.Ordinal);
        foreach ((string name, string value) in _stores.Settings(role).Concat(own))
        {
            settings[name] = value;
        }

        var replica = new Replica(role, Of(role).Count + 1, settings);
        _replicas.Add(replica);
        replica.Start();
        return replica;
    }

    /// <summary>Writes a file that settings can name; returns its path.</summary>
    public string Write(string name, string text) => _scratch.Write(name, text);

    /// <summary>Starts so many replicas of each service, all at once, and waits until they are ready.</summary>
    public async Task StartAllAsync(int collectors = 1, int reconcilers = 1, int handoffs = 1)
    {
        IEnumerable<Role> roles = Role.Collectors.SelectMany(r => Enumerable.Repeat(r, collectors))
            .Concat(Enumerable.Repeat(Role.Reconciler, reconcilers))
            .Concat(Enumerable.Repeat(Role.Handoff, handoffs));
        Replica[] started = [.. roles.Select(Start)];
        await Task.WhenAll(started.Select(r => r.IsReadyAsync()));
    }

    /// <summary>Sources that send to whichever replicas run, in turn.</summary>
    public Senders Senders(IReadOnlyList<Sent> notifications, TimeSpan rest = default, int concurrency = 12) =>
        new(notifications, AddressOrNull) { Rest = rest, Concurrency = concurrency };

    /// <summary>A client of one handoff.</summary>
    public HandoffService.HandoffServiceClient HandoffOf(Replica handoff)
    {
        var channel = GrpcChannel.ForAddress(handoff.Grpc, new GrpcChannelOptions
        {
            MaxReceiveMessageSize = null,
            HttpHandler = new Bearer(Bearer.ForEverything(SigningKey)),
            DisposeHttpClient = true,
        });
        _channels.Add(channel);
        return new HandoffService.HandoffServiceClient(channel);
    }

    /// <summary>Nothing is lost and nothing doubled: see <see cref="SameAsOffline"/>.</summary>
    public Task<Compared> SameAsOfflineAsync(Traffic traffic, TimeSpan? patience = null) =>
        SameAsOfflineAsync(Handoff, traffic.Sent, traffic.Accepted, patience);

    /// <summary>The same of one of the handoffs, and of what was sent otherwise.</summary>
    public Task<Compared> SameAsOfflineAsync(
        HandoffService.HandoffServiceClient handoff,
        IReadOnlyList<Sent> notifications,
        IReadOnlyCollection<Accepted> accepted,
        TimeSpan? patience = null) =>
        new SameAsOffline(Reads, handoff, _scratch, () => Log) { Patience = patience }.HoldsAsync(notifications, accepted);

    /// <inheritdoc/>
    public void Dispose()
    {
        Reads.Dispose();
        _channels.ForEach(c => c.Dispose());
        _replicas.ForEach(r => r.Dispose());
        _stores.Dispose();
        _scratch.Dispose();
    }

    private Uri AddressOf(string source) =>
        AddressOrNull(source) ?? throw new HttpRequestException($"no collector of {source} runs");

    private Uri? AddressOrNull(string source)
    {
        Replica[] running = [.. _replicas.Where(r => r.Role.Name == source && r.IsRunning)];
        return running.Length == 0 ? null : running[(int)((uint)Interlocked.Increment(ref _turn) % running.Length)].Address;
    }
}
