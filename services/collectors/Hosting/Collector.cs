using ReleaseIntegrity.Collectors.Hosting.Authentication;
using ReleaseIntegrity.Collectors.Hosting.Intake;
using ReleaseIntegrity.Collectors.Hosting.Log;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Collectors.Hosting;

/// <summary>The parts of one source's collector. One process may host several, each with a store of its own.</summary>
internal sealed class Collector
{
    private readonly Dictionary<string, ISenderCheck> _senders;
    private readonly ISenderCheck _strangers;

    public Collector(
        Source source,
        IReadOnlyCollection<INormalizer> normalisers,
        CollectorOptions options,
        IStore store,
        ObservationPartitions partitions,
        TimeProvider clock)
    {
        Source = source;
        Normalisers = normalisers.ToDictionary(n => n.Format, StringComparer.Ordinal);
        Options = options;
        Partitions = partitions;
        Store = store;
        Load = new IntakeLoad(options);
        Received = new WakeSignal(clock);
        Metrics = new CollectorMetrics(source);
        Gate = new Gate(source, Metrics, options.RetryAfterSeconds);
        _senders = Normalisers.Keys.ToDictionary(f => f, f => SenderChecks.Of(CredentialOf(f), clock), StringComparer.Ordinal);
        _strangers = SenderChecks.Of(options.Credential, clock);
        Readers = SenderChecks.Of(options.ReadCredential, clock);
        if (options.ReadCredential is null && !_strangers.SignsBody)
        {
            Readers = _strangers;
        }

        Operators = SenderChecks.Of(options.OperatorCredential, clock);
        Outbox = new Outbox(
            store,
            new OutboxOptions { Name = $"collector-{WireNames.Of(source)}" },
            clock);
        Log = new NotificationLog(store, source, Outbox, clock);
    }

    public Source Source { get; }

    /// <summary>By format.</summary>
    public IReadOnlyDictionary<string, INormalizer> Normalisers { get; }

    public CollectorOptions Options { get; }

    /// <summary>The queues over which it spreads its observations.</summary>
    public ObservationPartitions Partitions { get; }

    public IStore Store { get; }

    public NotificationLog Log { get; }

    public Outbox Outbox { get; }

    public IntakeLoad Load { get; }

    /// <summary>Given when a notification was kept.</summary>
    public WakeSignal Received { get; }

    public CollectorMetrics Metrics { get; }

    public Gate Gate { get; }

    /// <summary>Who may read outcomes and counts.</summary>
    public ISenderCheck Readers { get; }

    /// <summary>Who may see what was kept, and have it read again or dropped.</summary>
    public ISenderCheck Operators { get; }

    /// <summary>Who may send a format; for one that nobody speaks here, who may send at all.</summary>
    public ISenderCheck SendersOf(string format) => _senders.GetValueOrDefault(format, _strangers);

    /// <summary>What senders of a format must show; null when none is configured.</summary>
    public CredentialOptions? CredentialOf(string format) =>
        Options.Formats.GetValueOrDefault(format)?.Credential ?? Options.Credential;

    /// <summary>The configured source instance behind a format's endpoint.</summary>
    public string? InstanceOf(string format) =>
        Options.Formats.GetValueOrDefault(format)?.Instance ?? Options.Instance;
}
