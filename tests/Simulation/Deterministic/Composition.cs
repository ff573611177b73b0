using ReleaseIntegrity.Collectors.ArtifactRegistry;
using ReleaseIntegrity.Collectors.ChangeSnapshot;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.RuntimeValidation;
using ReleaseIntegrity.Collectors.SignatureLedger;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Policies;
using ReleaseIntegrity.Simulation.Deterministic.Machinery;
using ReleaseIntegrity.Simulation.Deterministic.Services;

namespace ReleaseIntegrity.Simulation.Deterministic;

/// <summary>Which services run in which processes on which databases.</summary>
internal sealed class Composition
{
    public static readonly Policy Policy = PolicyFile.Default();

    public static readonly IReadOnlyDictionary<Source, IReadOnlyList<INormalizer>> Normalisers = new Dictionary<Source, IReadOnlyList<INormalizer>>
    {
        [Source.ArtifactRegistry] = ArtifactRegistryFormats.All(),
        [Source.SignatureLedger] = SignatureLedgerFormats.All(),
        [Source.ChangeSnapshot] = ChangeSnapshotFormats.All(FieldMappings.Default),
        [Source.RuntimeValidation] = RuntimeValidationFormats.All(new RuntimeValidationOptions()),
    };

    private readonly Plan _plan;
    private readonly SimulatedClock _clock;
    private readonly Broker _broker;
    private readonly Scheduler _scheduler;

    public Composition(Plan plan, Databases databases, SimulatedClock clock, Broker broker, Scheduler scheduler)
    {
        _plan = plan;
        _clock = clock;
        _broker = broker;
        _scheduler = scheduler;
        Collectors = Normalisers.Keys.ToDictionary(s => s, s => databases.Empty(WireNames.Of(s), "collector"));
        Reconciler = databases.Empty("reconciler", "reconciler");
        Handoff = databases.Empty("handoff", "handoff");
        Processes = [.. plan.IsEmbedded ? [Embedded()] : Distributed()];
    }

    public IReadOnlyDictionary<Source, Database> Collectors { get; }

    public Database Reconciler { get; }

    public Database Handoff { get; }

    public IReadOnlyList<SimulatedProcess> Processes { get; }

    /// <summary>The services of processes that are up.</summary>
    public IEnumerable<INode> Nodes => Processes.Where(p => p.IsUp).SelectMany(p => p.Nodes);

    /// <summary>What still waits in a store without a timer of its own; null where nothing does.</summary>
    public string? Backlog()
    {
        foreach ((Source source, Database database) in Collectors)
        {
            if (Count(database, "select count(*) from notification where state = 'kept'") > 0)
            {
                return $"notifications of {source}";
            }
        }

        foreach (Database database in Collectors.Values.Append(Reconciler).Append(Handoff))
        {
            if (Count(database, "select count(*) from outbox") > 0)
            {
                return "an outbox";
            }
        }

        return null;
    }

    /// <summary>When the next timer of the reconciler can fire.</summary>
    public DateTimeOffset? NextTimer() => Reconciler.When(Dues.Timers);

    /// <summary>When the next timer can fire, or the next source is to be asked.</summary>
    public DateTimeOffset? NextDue() => Collectors.Values.Select(d => d.When(Dues.Questions)).Append(NextTimer()).Min();

    /// <summary>When the next message that waits in an outbox is due.</summary>
    public DateTimeOffset? NextMessage() => Collectors.Values.Append(Reconciler).Append(Handoff).Min(d => d.When(Dues.Outbox));

    public static long Count(Database database, string sql) => database.Read(s => s.SingleAsync<long>(sql));

    private SimulatedProcess Embedded() => new("serve", life =>
    {
        List<INode> nodes = [.. Normalisers.Keys.Select(s => Collector(life, s)), ReconcilerIn(life), HandoffIn(life)];
        nodes.Add(new ConfirmationsNode(Around("serve", Reconciler, life), [.. nodes.Select(n => n.Outbox)]));
        return nodes;
    });

    private IEnumerable<SimulatedProcess> Distributed()
    {
        foreach (Source source in Normalisers.Keys)
        {
            for (int i = 0; i < _plan.Collectors; i++)
            {
                yield return new SimulatedProcess($"{WireNames.Of(source)}-{i}", life => [Collector(life, source)]);
            }
        }

        for (int i = 0; i < _plan.Reconcilers; i++)
        {
            yield return new SimulatedProcess($"reconciler-{i}", life => [ReconcilerIn(life)]);
        }

        for (int i = 0; i < _plan.Handoffs; i++)
        {
            yield return new SimulatedProcess($"handoff-{i}", life => [HandoffIn(life)]);
        }
    }

    // Of the formats those that the world speaks: each costs a look at every start.
    private CollectorNode Collector(Life life, Source source) => new(
        Around(WireNames.Of(source), Collectors[source], life),
        source,
        [.. Normalisers[source].Where(n => _plan.Deliveries.Any(d => d.Source == source && d.Format == n.Format))],
        new ObservationPartitions(_plan.Partitions),
        _plan.Asked.Contains(source) ? life => new SimulatedSource(source, _plan, _clock, life, _scheduler) : null);

    private ReconcilerNode ReconcilerIn(Life life) => new(Around("reconciler", Reconciler, life), Policy, new ObservationPartitions(_plan.Partitions));

    private HandoffNode HandoffIn(Life life) => new(Around("handoff", Handoff, life));

    private Surroundings Around(string service, Database database, Life life) => new(
        _plan.IsEmbedded ? service : life.Name, life, database, new SimulatedStore(service, database, life, _scheduler, _plan.IsShared), ClockOf(life), _broker,
        new SimulatedTransport(_broker, life, _scheduler, isDurable: !_plan.IsEmbedded), _scheduler, _plan.Chance);

    // Of several processes of a collector: what one receives later can have the earlier receipt.
    private TimeProvider ClockOf(Life life) => _plan.Skews.TryGetValue(life.Name, out TimeSpan skew) ? new SkewedClock(_clock, skew) : _clock;
}

/// <summary>When there is something to do in a store, in SQL.</summary>
internal static class Dues
{
    public const string Outbox = "select min(due_at) as at from outbox";

    public const string Timers = "select min(case when claimed_until is null then due_at else claimed_until end) as at from timer";

    public const string Questions = "select min(case when claimed_until > due_at then claimed_until else due_at end) as at from resync";

    public const string Notifications = "select min(coalesce(claimed_until, received_at)) as at from notification where state = 'kept'";
}
