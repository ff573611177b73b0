using System.Threading.Channels;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Handoff.Api;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Watching;

/// <summary>
/// Follows the changes of packages once for all watchers: one query and one masking per change, however many clients
/// there are. Woken by the store's own commits, and by a slow poll for those of another process.
/// <para>
/// A watcher that doesn't keep up has its queue closed with RESOURCE_EXHAUSTED rather than holding up the others; what
/// it missed is in the store, so it resumes.
/// </para>
/// </summary>
internal sealed class PackageTail(HandoffStore store, MaskedDocuments documents, HandoffOptions options, ILogger<PackageTail> logger)
    : BackgroundService
{
    private const int BatchSize = 100;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<Subscription> _subscriptions = [];
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _position;
    private bool _stopped;

    /// <summary>
    /// Subscribes to every change after the subscription's <see cref="Subscription.JoinedAt"/>; what was before is the
    /// watcher's to read.
    /// </summary>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED with too many watchers, UNAVAILABLE when stopping.</exception>
    public async Task<Subscription> SubscribeAsync(CancellationToken cancellationToken)
    {
        await _started.Task.WaitAsync(cancellationToken);
        lock (_lock)
        {
            if (_stopped)
            {
                throw ApiErrors.Stopping();
            }

            if (_subscriptions.Count >= options.MaximumWatchers)
            {
                throw ApiErrors.Exhausted($"there are {options.MaximumWatchers} watchers already; try again later", TimeSpan.FromSeconds(30));
            }

            var subscription = new Subscription(_position, options.WatchQueueLength, Remove);
            _subscriptions.Add(subscription);
            return subscription;
        }
    }

    /// <summary>The change as it is sent to every watcher.</summary>
    public PackageChange Change(PackageRow row) => new(
        row.Sequence,
        row.TupleId,
        row.Reference,
        new Lazy<CorrectionPackage>(() => PackageMessages.Of(row, documents.Of(row), documents.KeyVersion)),
        new Lazy<CorrectionPackage>(() => PackageMessages.Stand(CorrectionPackage.Of(documents.Serialised(row.PackageId) ?? documents.Serialise(row)), row)));

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _wake.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        store.PackagesChanged += Wake;
        try
        {
            while (true)
            {
                await FollowOnceAsync(stoppingToken);
                await _wake.WaitAsync(options.WatchPollInterval, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The way in which a host stops it.
        }
        finally
        {
            store.PackagesChanged -= Wake;
            Stop();
        }
    }

    /// <summary>Publishes everything new. A store that fails is asked again: watchers only notice the delay.</summary>
    private async Task FollowOnceAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (!_started.Task.IsCompleted)
            {
                (_, _position) = await store.ReadAsync(HandoffQueries.PositionAsync, stoppingToken);
                _started.SetResult();
            }

            IReadOnlyList<PackageRow> rows;
            do
            {
                rows = await store.ReadAsync(
                    snapshot => HandoffQueries.ChangesAsync(snapshot, null, _position, long.MaxValue, BatchSize), stoppingToken);
                foreach (PackageRow row in rows)
                {
                    Publish(row);
                }
            }
            while (rows.Count == BatchSize);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            logger.LogWarning("Following the packages failed with {Error}; trying again in {Delay}", e.GetType().Name, RetryAfter);
            await Task.Delay(RetryAfter, stoppingToken);
        }
    }

    private void Publish(PackageRow row)
    {
        PackageChange? change = null;
        lock (_lock)
        {
            if (_subscriptions.Count > 0)
            {
                change = Change(row);
            }

            _position = row.Sequence;
            for (int i = _subscriptions.Count - 1; i >= 0; i--)
            {
                if (!_subscriptions[i].Offer(change!))
                {
                    _subscriptions.RemoveAt(i);
                }
            }
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (_lock)
        {
            _subscriptions.Remove(subscription);
        }
    }

    private void Stop()
    {
        _started.TrySetCanceled(CancellationToken.None);
        lock (_lock)
        {
            _stopped = true;
            _subscriptions.ForEach(s => s.Close(ApiErrors.Stopping()));
            _subscriptions.Clear();
        }
    }

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Woken already.
        }
    }
}

/// <summary>One change, masked.</summary>
/// <param name="Sequence">Its place in the store's sequence.</param>
/// <param name="TupleId">Keyed id of the tuple.</param>
/// <param name="Tuple">The tuple, unmasked: whether it is in a watcher's scope.</param>
/// <param name="Package">The package as it was then; made once, for whoever reads its members first.</param>
/// <param name="Serialised">The same with its content as bytes, for gRPC: written to each watcher, serialised for none.</param>
internal sealed record PackageChange(long Sequence, string TupleId, ImageReference Tuple, Lazy<CorrectionPackage> Package, Lazy<CorrectionPackage> Serialised);

/// <summary>One watcher's bounded queue of changes.</summary>
internal sealed class Subscription(long joinedAt, int length, Action<Subscription> remove) : IDisposable
{
    private readonly Channel<PackageChange> _queue = Channel.CreateBounded<PackageChange>(
        new BoundedChannelOptions(length) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    /// <summary>Every change after this sequence comes through the queue, none before.</summary>
    public long JoinedAt => joinedAt;

    /// <summary>The changes. Ends with the RpcException that says why the subscription was closed.</summary>
    public ChannelReader<PackageChange> Changes => _queue.Reader;

    /// <summary>Queues a change, or closes a full queue; false when it is closed.</summary>
    public bool Offer(PackageChange change)
    {
        if (_queue.Writer.TryWrite(change))
        {
            return true;
        }

        Close(ApiErrors.Exhausted("the watch fell behind and was closed; watch again with the last resume token", TimeSpan.FromSeconds(1)));
        return false;
    }

    /// <summary>Ends the queue after what is in it.</summary>
    public void Close(Exception reason) => _queue.Writer.TryComplete(reason);

    /// <inheritdoc/>
    public void Dispose() => remove(this);
}
