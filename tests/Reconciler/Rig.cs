using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Messaging.Consuming;
using ReleaseIntegrity.Policies;
using ReleaseIntegrity.Reconciling;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Reconciling.Folding;
using ReleaseIntegrity.Reconciling.Rebuilding;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>A reconciler on a store, without a bus: what it would publish is read from its outbox.</summary>
internal sealed class Rig
{
    private readonly IStore _store;
    private int _messages;

    public Rig(IStore store, FakeTimeProvider clock, Policy? policy = null, Func<IEvidenceStore, IEvidenceStore>? wrap = null, TimeSpan settling = default)
    {
        _store = store;
        Policy = policy ?? PolicyFile.Default();
        Clock = clock;
        IEvidenceStore evidence = new EvidenceStore(store.Engine, Policy);
        Evidence = wrap is null ? evidence : wrap(evidence);
        Outbox = new Outbox(store, new OutboxOptions { Name = "reconciler" }, clock);
        Timers = new Timers(store, clock);
        var metrics = new ReconcilerMetrics(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
        Folder = new Folder(store, Evidence, Policy, Outbox, Timers, new RealPauses(clock), metrics, NullLogger<Folder>.Instance, settling);
        Quarantine = new Quarantine(store, Folder, Timers, clock, metrics, NullLogger<Quarantine>.Instance);
        Derivation = new Derivation(store, Evidence, Folder, Policy, clock, NullLogger<Derivation>.Instance);
        Consumer = new ObservationsConsumer(
            store, Folder, Quarantine, Derivation, new StoreHold(store, TimeProvider.System, NullLogger<StoreHold>.Instance), rejected: null!);
        Rebuilder = new Rebuilder(store, Evidence, Policy, Folder, Outbox, Timers, clock, metrics, NullLogger<Rebuilder>.Instance);
        Sweep = new TimerSweep(
            Timers, [new DueTuples(Folder), Quarantine, Rebuilder], new TimerSweepOptions(), clock, NullLogger<TimerSweep>.Instance);
    }

    public Policy Policy { get; }

    public FakeTimeProvider Clock { get; }

    public IEvidenceStore Evidence { get; }

    public Outbox Outbox { get; }

    public Timers Timers { get; }

    public Folder Folder { get; }

    public Quarantine Quarantine { get; }

    public Derivation Derivation { get; }

    public ObservationsConsumer Consumer { get; }

    public Rebuilder Rebuilder { get; }

    public TimerSweep Sweep { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Folds observations as one batch of one message per notification.</summary>
    public Task FoldAsync(params IReadOnlyList<Observation> observations) => Folder.FoldAsync(Messages(observations), Ct);

    public IReadOnlyList<FoldMessage> Messages(IReadOnlyList<Observation> observations) =>
    [
        .. observations.GroupBy(o => (o.Lineage.NotificationSha256, o.Record.Source, o.Lineage.Format)).Select(g => new FoldMessage(
            OutboxMessage.DerivedId("test", $"{Guid.NewGuid()}", $"{_messages++}"),
            new ObservationsNormalised(g.Key.NotificationSha256, g.Key.Source, g.Key.Format, [.. g]))),
    ];

    public async Task<StoredTuple> TupleAsync(ImageReference tuple) =>
        (await _store.ReadAsync(s => Evidence.FindAsync(s, EvidenceKeys.Of(tuple)), Ct))!;

    public async Task<string?> PackageAsync(ImageReference tuple, long revision) => Encoding.UTF8.GetString((await _store.ReadAsync(
        s => s.SingleOrDefaultAsync<byte[]>(
            "select content from package where tuple_key = @key and revision = @revision",
            new { key = EvidenceKeys.Of(tuple), revision }),
        Ct))!);

    public async Task<IReadOnlyList<string>> OpenPackagesAsync() =>
    [
        .. (await _store.ReadAsync(
            s => s.QueryAsync<byte[]>(
                "select p.content from package p join tuple t on t.tuple_key = p.tuple_key and t.package_revision = p.revision where p.closed_at is null"),
            Ct)).Select(Encoding.UTF8.GetString),
    ];

    /// <summary>The tuple's ledger, as it was announced last; it is the one whose hash is kept.</summary>
    public async Task<string> LedgerAsync(ImageReference tuple)
    {
        LedgerChanged last = (await PublishedAsync<LedgerChanged>()).Last(l => l.Tuple == tuple);
        Assert.Equal((await TupleAsync(tuple)).LedgerSha256, last.LedgerSha256);
        Assert.Equal(last.LedgerSha256, Convert.ToHexStringLower(SHA256.HashData(last.CanonicalLedger)));
        return Encoding.UTF8.GetString(last.CanonicalLedger);
    }

    /// <summary>Fires every timer that is due, until none is.</summary>
    public async Task SweepAsync()
    {
        for (int i = 0; await Sweep.SweepOnceAsync(Ct) > 0; i++)
        {
            Assert.True(i < 100, "timers fire without end");
        }
    }

    /// <summary>Advances the clock from timer to timer, as a running process would meet them.</summary>
    public async Task AdvanceToAsync(DateTimeOffset instant)
    {
        for (int i = 0; await Timers.NextDueAsync(Ct) is { } due && due <= instant; i++)
        {
            Assert.True(i < 1000, "timers fire without end");
            if (due > Clock.GetUtcNow())
            {
                Clock.SetUtcNow(due);
            }

            await SweepAsync();
        }

        if (instant > Clock.GetUtcNow())
        {
            Clock.SetUtcNow(instant);
        }
    }

    /// <summary>The messages that wait in the outbox, in order, without taking them.</summary>
    public async Task<IReadOnlyList<object>> PublishedAsync()
    {
        IReadOnlyList<OutboxRow> rows = await _store.ReadAsync(
            s => s.QueryAsync<OutboxRow>("select type, payload from outbox order by position"), Ct);
        return [.. rows.Select(r => MessageTypes.Deserialise(r.Type, r.Payload))];
    }

    public async Task<IReadOnlyList<T>> PublishedAsync<T>() => [.. (await PublishedAsync()).OfType<T>()];

    private sealed record OutboxRow
    {
        public string Type { get; init; } = "";

        public byte[] Payload { get; init; } = [];
    }

    /// <summary>The instants of a clock that stands, and pauses that end all the same.</summary>
    private sealed class RealPauses(TimeProvider instants) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => instants.GetUtcNow();
    }
}
