using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Handoff;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Api;
using ReleaseIntegrity.Handoff.Audit;
using ReleaseIntegrity.Handoff.Deciding;
using ReleaseIntegrity.Handoff.Feed;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Messaging.InMemory;
using ReleaseIntegrity.Simulation.Deterministic.Machinery;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Simulation.Deterministic.Services;

/// <summary>A handoff: its feed, its store, what stewards do there, its outbox.</summary>
internal sealed class HandoffNode : INode
{
    private const int ParcelsAtOnce = 2;

    // Everything here is pure.
    private static readonly IMeterFactory Meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
    private static readonly Masker Masker = new(TokenKey.Published);
    private static readonly HandoffOptions Options = new() { Store = new StoreOptions(), TokenKey = TokenKey.Published, Access = new AccessOptions() };

    private readonly Surroundings _around;
    private readonly HandoffStore _store;
    private readonly StewardDesk _desk;

    public HandoffNode(Surroundings around)
    {
        _around = around;
        _store = new HandoffStore(around.Store, Masker, around.Clock);
        var audit = new AuditLog(around.Clock);
        _desk = new StewardDesk(
            _store, new Decider(_store, new MaskedDocuments(Masker), audit, Options, around.Clock), new RebuildCalls(_store, audit, around.Clock), around.Clock);
        var consumer = new HandoffFeedConsumer(new HandoffFeed(_store, Masker, Meters), around.Hold(), around.Rejected());
        OutboxDispatcher dispatcher = around.Dispatcher(_store.Outbox);
        Lanes =
        [
            .. Enumerable.Range(0, ParcelsAtOnce).Select(_ => around.Consuming(
                Queues.HandoffFeed, 1, letters => consumer.Consume(around.Delivery<Parcel>(letters[0])))),
            around.Storing("sends", Dues.Outbox, () => dispatcher.DispatchOnceAsync(CancellationToken.None)),
        ];
    }

    public Life Life => _around.Life;

    public IReadOnlyList<Lane> Lanes { get; }

    public Outbox Outbox => _store.Outbox;

    public async Task StartAsync()
    {
        await _store.OpenAsync(CancellationToken.None);
        if (Outbox.IsAlone)
        {
            await Outbox.ReclaimAsync(CancellationToken.None);
        }
    }

    /// <summary>Does what a steward wants, as the API does once the caller is known; returning is the answer.</summary>
    public async Task<DateTimeOffset> ActAsync(Acting acting)
    {
        await _desk.ActAsync(acting);
        await _around.Scheduler.PassAsync(Life, Point.Answer, acting.What);
        return _around.Clock.GetUtcNow();
    }
}

/// <summary>In one process: what ends the rows of its outboxes that consumers have confirmed.</summary>
internal sealed class ConfirmationsNode : INode
{
    private const int AtOnce = 100;

    public ConfirmationsNode(Surroundings around, IReadOnlyList<Outbox> outboxes)
    {
        Life = around.Life;
        Outbox = outboxes[0];
        var consumer = new MessagesFoldedConsumer(outboxes);
        Lanes =
        [
            around.Consuming(Queues.Confirmations, AtOnce, letters => consumer.Consume(
                Delivered.Together([.. letters.Select(around.Delivery<MessagesFolded>)]))),
        ];
    }

    public Life Life { get; }

    public IReadOnlyList<Lane> Lanes { get; }

    public Outbox Outbox { get; }

    public Task StartAsync() => Task.CompletedTask;
}
