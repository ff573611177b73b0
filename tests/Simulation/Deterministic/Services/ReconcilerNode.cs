using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Messaging.Consuming;
using ReleaseIntegrity.Reconciling;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Reconciling.Folding;
using ReleaseIntegrity.Reconciling.Lifecycle;
using ReleaseIntegrity.Reconciling.Lifecycle.Storing;
using ReleaseIntegrity.Reconciling.Rebuilding;
using ReleaseIntegrity.Simulation.Deterministic.Machinery;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Simulation.Deterministic.Services;

/// <summary>A reconciler: folding, derivation, quarantine, pins, timers, rebuilds, the saga of cases, outbox.</summary>
internal sealed class ReconcilerNode : INode
{
    private const int ParcelsAtOnce = 24;
    private const int CasesAtOnce = 3;
    private const int AttemptLimit = 8;

    private static readonly TimeSpan Settling = new ReconcilerOptions().PackageSettling;

    private static readonly IMeterFactory Meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
    private static readonly ReconcilerMetrics Metrics = new(Meters);

    private readonly Surroundings _around;
    private readonly Derivation _derivation;
    private readonly Timers _timers;
    private readonly StoreHold _hold;

    public ReconcilerNode(Surroundings around, Policy policy, ObservationPartitions partitions)
    {
        _around = around;
        SimulatedStore store = around.Store;
        TimeProvider clock = around.Clock;
        var evidence = new EvidenceStore(store.Engine, policy);
        Outbox = new Outbox(store, new OutboxOptions { Name = ReconcilerServices.Key }, clock);
        _timers = new Timers(store, clock);
        var folder = new Folder(store, evidence, policy, Outbox, _timers, clock, Metrics, NullLogger<Folder>.Instance, Settling, around.Random);
        _derivation = new Derivation(store, evidence, folder, policy, clock, NullLogger<Derivation>.Instance);
        var quarantine = new Quarantine(store, folder, _timers, clock, Metrics, NullLogger<Quarantine>.Instance);
        var rebuilder = new Rebuilder(store, evidence, policy, folder, Outbox, _timers, clock, Metrics, NullLogger<Rebuilder>.Instance);
        var sweep = new TimerSweep(
            _timers, [new DueTuples(folder), quarantine, rebuilder], new TimerSweepOptions(), clock, NullLogger<TimerSweep>.Instance);
        _hold = around.Hold();
        var observations = new ObservationsConsumer(store, folder, quarantine, _derivation, _hold, around.Rejected());
        var heard = new SourcesHeardConsumer(folder, _derivation, _hold, around.Rejected());
        var pins = new PinsConsumer(folder, _derivation, _hold, around.Rejected());
        var rebuilds = new RebuildsConsumer(rebuilder, _hold, around.Rejected());
        OutboxDispatcher dispatcher = around.Dispatcher(Outbox);
        Lanes =
        [
            .. partitions.Queues.Select(queue => around.Consuming(queue, ParcelsAtOnce, letters => observations.Consume(
                Delivered.Together([.. letters.Select(around.Delivery<Parcel>)])))),
            .. Enumerable.Range(0, CasesAtOnce).Select(_ => around.Consuming(Queues.Cases, 1, letters => AdvanceAsync(letters[0]))),
            around.Consuming(Queues.SourcesHeard, 1, letters => heard.Consume(around.Delivery<Parcel>(letters[0]))),
            around.Consuming(Queues.Pins, 1, letters => pins.Consume(around.Delivery<Parcel>(letters[0]))),
            around.Consuming(Queues.Rebuilds, 1, letters => rebuilds.Consume(around.Delivery<Parcel>(letters[0]))),
            around.Storing("sends", Dues.Outbox, () => dispatcher.DispatchOnceAsync(CancellationToken.None)),
            around.Storing("sweeps", Dues.Timers, () => sweep.SweepOnceAsync(CancellationToken.None)),
        ];
    }

    public IReadOnlyList<Lane> Lanes { get; }

    public Outbox Outbox { get; }

    public Life Life => _around.Life;

    public async Task StartAsync()
    {
        await _derivation.EnsureAsync(CancellationToken.None);
        if (Outbox.IsAlone)
        {
            await Outbox.ReclaimAsync(CancellationToken.None);
            await _timers.ReclaimAsync(CancellationToken.None);
        }
    }

    // MassTransit's saga filters run on threads and timers of their own. Here is what they do with a message, on the same rows
    // and with the same rules: load, decide, write what was loaded; again where another message was faster.
    private async Task AdvanceAsync(Letter letter)
    {
        object message = letter.Read();
        await _hold.RunAsync(() => AttemptAsync(message), CancellationToken.None);
        await _around.ConfirmAsync(letter);
    }

    private async Task AttemptAsync(object message)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await AdvanceAsync(message);
                return;
            }
            catch (StaleRevisionException) when (attempt < AttemptLimit)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20 << attempt), _around.Clock);
            }
        }
    }

    private async Task AdvanceAsync(object message)
    {
        ImageReference tuple = message is CaseChanged changed ? changed.Tuple : ((StewardDecided)message).Tuple;
        var rows = new SagaRows<ReleaseCase>(_around.Store);
        Guid id = CaseStateMachine.IdOf(tuple);
        ReleaseCase? known = await rows.LoadAsync(id, CancellationToken.None);
        ReleaseCase saga = known ?? new ReleaseCase { CorrelationId = id };
        CaseStanding? next = message is CaseChanged change
            ? CaseLifecycle.Next(saga.Standing, change)
            : CaseLifecycle.Next(saga.Standing, (StewardDecided)message);
        if (next is not null)
        {
            saga.Advance(tuple, next);
            saga.CurrentState = next.Stage.ToString();
        }

        await (known is null ? rows.InsertAsync(saga, CancellationToken.None) : rows.UpdateAsync(saga, CancellationToken.None));
    }
}
