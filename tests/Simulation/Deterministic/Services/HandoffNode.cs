using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Handoff.Feed;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Messaging.InMemory;
using ReleaseIntegrity.Simulation.Deterministic.Machinery;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Simulation.Deterministic.Services;

/// <summary>A handoff: its feed and its store.</summary>
internal sealed class HandoffNode : INode
{
    private const int ParcelsAtOnce = 2;

    private static readonly IMeterFactory Meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
    private static readonly Masker Masker = new(TokenKey.Published);

    private readonly HandoffStore _store;

    public HandoffNode(Surroundings around)
    {
        _store = new HandoffStore(around.Store, Masker, around.Clock);
        var consumer = new HandoffFeedConsumer(new HandoffFeed(_store, Masker, Meters), around.Hold(), around.Rejected());
        OutboxDispatcher dispatcher = around.Dispatcher(_store.Outbox);
        Lanes =
        [
            .. Enumerable.Range(0, ParcelsAtOnce).Select(_ => around.Consuming(
                Queues.HandoffFeed, 1, letters => consumer.Consume(around.Delivery<Parcel>(letters[0])))),
            around.Storing("sends", Dues.Outbox, () => dispatcher.DispatchOnceAsync(CancellationToken.None)),
        ];
    }

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
}

/// <summary>In one process: what ends the rows of its outboxes that consumers have confirmed.</summary>
internal sealed class ConfirmationsNode : INode
{
    private const int AtOnce = 100;

    public ConfirmationsNode(Surroundings around, IReadOnlyList<Outbox> outboxes)
    {
        Outbox = outboxes[0];
        var consumer = new MessagesFoldedConsumer(outboxes);
        Lanes =
        [
            around.Consuming(Queues.Confirmations, AtOnce, letters => consumer.Consume(
                Delivered.Together([.. letters.Select(around.Delivery<MessagesFolded>)]))),
        ];
    }

    public IReadOnlyList<Lane> Lanes { get; }

    public Outbox Outbox { get; }

    public Task StartAsync() => Task.CompletedTask;
}
