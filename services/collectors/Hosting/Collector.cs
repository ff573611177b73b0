using ReleaseIntegrity.Collectors.Hosting.Intake;
using ReleaseIntegrity.Collectors.Hosting.Log;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Collectors.Hosting;

/// <summary>The parts of one source's collector. One process may host several, each with a store of its own.</summary>
internal sealed class Collector
{
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
        Log = new NotificationLog(store, source, clock);
        Load = new IntakeLoad(options);
        Received = new WakeSignal(clock);
        Metrics = new CollectorMetrics(source);
        Outbox = new Outbox(
            store,
            new OutboxOptions { Name = $"collector-{WireNames.Of(source)}" },
            clock);
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

    /// <summary>What senders of a format must show; null when none is configured.</summary>
    public CredentialOptions? CredentialOf(string format) =>
        Options.Formats.GetValueOrDefault(format)?.Credential ?? Options.Credential;

    /// <summary>The configured source instance behind a format's endpoint.</summary>
    public string? InstanceOf(string format) =>
        Options.Formats.GetValueOrDefault(format)?.Instance ?? Options.Instance;
}
