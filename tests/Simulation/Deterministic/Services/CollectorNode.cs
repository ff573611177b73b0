using Microsoft.Extensions.Logging.Abstractions;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Collectors.Hosting.Intake;
using ReleaseIntegrity.Collectors.Hosting.Normalising;
using ReleaseIntegrity.Collectors.Hosting.Resync;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Simulation.Deterministic.Machinery;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Simulation.Deterministic.Services;

/// <summary>A collector: intake, normalising loop, outbox.</summary>
internal sealed class CollectorNode : INode
{
    // Normalisers are pure, and so is everything here that is shared.
    private static readonly CollectorOptions Options = new() { NormaliseConcurrency = 1 };

    private readonly Surroundings _around;
    private readonly Collector _collector;
    private readonly NormalisationLoop _loop;

    public CollectorNode(Surroundings around, Source source, IReadOnlyCollection<INormalizer> normalisers, ObservationPartitions partitions)
    {
        _around = around;
        _collector = new Collector(source, normalisers, Options, around.Store, partitions, around.Clock);
        _loop = new NormalisationLoop(
            _collector, new ResyncRequests(_collector, [], around.Clock), around.Clock, NullLogger<NormalisationLoop>.Instance);
        OutboxDispatcher dispatcher = around.Dispatcher(_collector.Outbox);
        Lanes =
        [
            around.Storing("normalises", Dues.Notifications, () => _loop.DrainAsync(CancellationToken.None)),
            around.Storing("sends", Dues.Outbox, () => dispatcher.DispatchOnceAsync(CancellationToken.None)),
        ];
    }

    public IReadOnlyList<Lane> Lanes { get; }

    public Outbox Outbox => _collector.Outbox;

    public Source Source => _collector.Source;

    public Life Life => _around.Life;

    public async Task StartAsync()
    {
        if (Outbox.IsAlone)
        {
            await Outbox.ReclaimAsync(CancellationToken.None);
        }

        await _loop.ResumeAsync(CancellationToken.None);
    }

    /// <summary>Takes a notification, as the endpoint does once the sender is known; returning is the 202.</summary>
    public async Task<DateTimeOffset> TakeAsync(string format, byte[] body)
    {
        var notification = new Notification { Source = Source, Format = format, Body = body, ReceivedAt = _around.Clock.GetUtcNow() };
        await _collector.Log.KeepAsync(notification, KeptHeaders.VariantOf(notification, Options), CancellationToken.None);
        await _around.Scheduler.PassAsync(Life, Point.Answer, format);
        return notification.ReceivedAt;
    }
}
