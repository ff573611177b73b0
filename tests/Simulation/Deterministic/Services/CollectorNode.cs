using Microsoft.Extensions.Logging.Abstractions;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Collectors.Hosting.Intake;
using ReleaseIntegrity.Collectors.Hosting.Normalising;
using ReleaseIntegrity.Collectors.Hosting.Resync;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Simulation.Deterministic.Machinery;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Simulation.Deterministic.Services;

/// <summary>A collector: intake, normalising loop, resync, outbox.</summary>
internal sealed class CollectorNode : INode
{
    // Normalisers are pure, and so is everything here that is shared.
    private static readonly CollectorOptions Options = new() { NormaliseConcurrency = 1 };

    // Seldom, so that most questions are those that something asked for.
    private static readonly ResyncOptions Asking = new() { EverySeconds = 2 * 24 * 3600 };

    private readonly Surroundings _around;
    private readonly Queue<ResyncRequested> _told = [];
    private readonly ResyncRequests _requests;
    private readonly ResyncLoop? _resync;
    private long _tellings;
    private readonly Collector _collector;
    private readonly NormalisationLoop _loop;

    public CollectorNode(Surroundings around, Source source, IReadOnlyCollection<INormalizer> normalisers, ObservationPartitions partitions,
        Func<Life, ISourceClient>? api)
    {
        _around = around;
        _collector = new Collector(source, normalisers, Options, around.Store, partitions, around.Clock);
        ResyncSource[] sources = api is null
            ? []
            : [new ResyncSource("asked", Asking, new Uri("https://source.test"), api(around.Life), around.Clock) { TakesEveryHint = true }];
        _requests = new ResyncRequests(_collector, sources, around.Clock);
        _resync = sources is [var asked] ? new ResyncLoop(_collector, asked, around.Clock, NullLogger<ResyncLoop>.Instance, around.Random) : null;
        _loop = new NormalisationLoop(_collector, _requests, around.Clock, NullLogger<NormalisationLoop>.Instance);
        OutboxDispatcher dispatcher = around.Dispatcher(_collector.Outbox);
        Lanes =
        [
            around.Storing("normalises", Dues.Notifications, () => _loop.DrainAsync(CancellationToken.None)),
            around.Storing("sends", Dues.Outbox, () => dispatcher.DispatchOnceAsync(CancellationToken.None)),
            .. _resync is null
                ? []
                : (Lane[])
                [
                    around.Storing("asks", Dues.Questions, async () => await _resync.LookAsync(CancellationToken.None) == TimeSpan.Zero ? 1 : 0),
                    new Lane($"{around.Name} is told", () => _tellings, HasWork: null, HearAsync),
                ],
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
        if (_resync is not null)
        {
            await _resync.OpenAsync(CancellationToken.None);
        }
    }

    /// <summary>A request for a resync reaches the process; it is lost with it.</summary>
    public void Tell(ResyncRequested request)
    {
        if (_resync is not null)
        {
            _told.Enqueue(request);
            _tellings++;
        }
    }

    /// <summary>Takes an operator's wish that the sources be asked, as the endpoint does; returning is the answer.</summary>
    public async Task<DateTimeOffset> InsistAsync()
    {
        await _requests.AskAsync("", "", insists: true, CancellationToken.None);
        return _around.Clock.GetUtcNow();
    }

    private async Task<int> HearAsync()
    {
        if (!_told.TryDequeue(out ResyncRequested? request))
        {
            return 0;
        }

        await _requests.HearAsync(request, CancellationToken.None);
        return 1;
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
