using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Handoff.Watching;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Handoff.Masking;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Handoff.Service;

public abstract class When_a_client_watches<TPlace> : IAsyncDisposable
    where TPlace : StorePlace, new()
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TPlace _place = new();

    [Fact]
    public async Task It_gets_everything_from_the_beginning_then_what_comes()
    {
        await using HandoffHost host = await StartAsync();
        await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(1), 1));
        await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(2), 1));
        await using var watch = new Watcher(host, "");
        Assert.Equal(["1 Prepared", "1 Prepared"], await watch.Take(2));
        await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(1), 2));
        Assert.Equal(["1 Superseded", "2 Prepared"], await watch.Take(2));
    }

    [Fact]
    public async Task It_resumes_from_any_token_without_a_gap_or_a_repetition()
    {
        await using HandoffHost host = await StartAsync();
        var names = new List<string>();
        string token = "";
        foreach (int round in Enumerable.Range(0, 5))
        {
            foreach (int seed in Enumerable.Range(round * 10, 7))
            {
                await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(seed), 1));
            }

            await using var watch = new Watcher(host, token);
            int take = round < 4 ? 6 : 11;
            for (int i = 0; i < take; i++)
            {
                WatchCorrectionPackagesResponse next = await watch.Next();
                names.Add(next.Package.Name);
                token = next.ResumeToken;
            }
        }

        Assert.Equal(35, names.Count);
        Assert.Equal(35, names.Distinct().Count());
    }

    [Fact]
    public async Task Many_writers_and_watchers_agree_on_the_order()
    {
        await using HandoffHost host = await StartAsync();
        Task writing = Task.WhenAll(Enumerable.Range(0, 30).Select(seed => host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(seed), 1))));
        var watchers = new List<Watcher>();
        for (int i = 0; i < 8; i++)
        {
            // They join while packages arrive: what is read and what is followed must meet without a gap or an overlap.
            watchers.Add(new Watcher(host, ""));
            await Task.Delay(5);
        }

        await writing;
        List<string>[] seen = await Task.WhenAll(watchers.Select(async w =>
        {
            var tokens = new List<string>();
            for (int i = 0; i < 30; i++)
            {
                tokens.Add((await w.Next()).Package.Name);
            }

            return tokens;
        }));
        Assert.Equal(30, seen[0].Distinct().Count());
        Assert.All(seen, s => Assert.Equal(seen[0], s));
        foreach (Watcher watcher in watchers)
        {
            await watcher.DisposeAsync();
        }
    }

    [Fact]
    public async Task Silence_is_broken_by_heartbeats_whose_token_counts()
    {
        await using HandoffHost host = await StartAsync();
        var mine = new RandomDocument(1);
        await host.Feed.Apply(HandoffHost.Prepared(mine, 1));
        string parent = "tuples/" + new Masker(HandoffHost.Key).TupleId(mine.Tuple);
        await using var watch = new Watcher(host, "", parent, 1);
        await watch.Take(1);
        await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(2), 1));
        WatchCorrectionPackagesResponse beat = await watch.Next();
        Assert.NotNull(beat.Heartbeat);
        await host.Feed.Apply(HandoffHost.Prepared(mine, 2));
        await using var resumed = new Watcher(host, beat.ResumeToken, parent, 300);
        Assert.Equal(["1 Superseded", "2 Prepared"], await resumed.Take(2));
    }

    [Fact]
    public async Task What_was_before_a_heartbeat_does_not_come_again()
    {
        await using HandoffHost host = await StartAsync();
        await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(1), 1));
        await using var watch = new Watcher(host, "", heartbeatSeconds: 1);
        await watch.Take(1);
        WatchCorrectionPackagesResponse beat = await watch.Next();
        Assert.NotNull(beat.Heartbeat);
        CorrectionPackagePrepared later = HandoffHost.Prepared(new RandomDocument(2), 1);
        await host.Feed.Apply(later);
        await using var resumed = new Watcher(host, beat.ResumeToken);
        Assert.Equal(later.PackageId, (await resumed.Next()).Package.PackageId);
    }

    /// <summary>
    /// Of two processes on one store the one may have told of changes that the other hasn't read yet: a token of the first
    /// counts for the second too.
    /// </summary>
    [Fact]
    public async Task What_another_process_has_told_of_does_not_come_again()
    {
        StoreOptions? store = null;
        await using HandoffHost asleep = await StartAsync(o =>
        {
            store = o.Store;
            store.Shared = store.Engine == StoreEngines.Sqlite;
            return o with { WatchPollInterval = TimeSpan.FromHours(1) };
        });
        using Subscription begun = await asleep.Services.GetRequiredService<PackageTail>().SubscribeAsync(CancellationToken.None);
        await using HandoffHost awake = await StartAsync(o => o with { Store = store! });
        await awake.Feed.Apply(HandoffHost.Prepared(new RandomDocument(1), 1));
        await using var first = new Watcher(awake, "");
        string token = (await first.Next()).ResumeToken;

        await using var second = new Watcher(asleep, token, heartbeatSeconds: 1);
        Assert.NotNull((await second.Next()).Heartbeat);
        CorrectionPackagePrepared later = HandoffHost.Prepared(new RandomDocument(2), 1);
        await asleep.Feed.Apply(later);
        Assert.Equal(later.PackageId, (await second.Next()).Package.PackageId);
    }

    [Fact]
    public async Task One_watcher_too_many_is_told_to_come_back()
    {
        await using HandoffHost host = await StartAsync(o => o with { MaximumWatchers = 1 });
        await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(1), 1));
        await using var first = new Watcher(host, "");
        await first.Take(1);
        await using var second = new Watcher(host, "");
        RpcException e = await Assert.ThrowsAsync<RpcException>(second.Next);
        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
        Assert.Equal(30, e.GetRpcStatus()!.GetDetail<Google.Rpc.RetryInfo>()!.RetryDelay.Seconds);
    }

    /// <summary>
    /// What arrives while a watch still reads the past is both in the store and in its queue: it must come once.
    /// More packages than one batch, so that the store is read again afterwards.
    /// </summary>
    [Fact]
    public async Task What_arrives_during_the_catching_up_comes_once()
    {
        await using HandoffHost host = await StartAsync();
        foreach (int seed in Enumerable.Range(0, 51))
        {
            await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(seed), 1));
        }

        var tail = host.Services.GetRequiredService<PackageTail>();
        var watch = new PackageWatch(host.Services.GetRequiredService<HandoffStore>(), tail, TimeProvider.System, "s", null, RepositoryScope.Everything, Patience);
        using var stop = new CancellationTokenSource(Patience);
        while ((await tail.SubscribeAsync(stop.Token)).JoinedAt < 51)
        {
            await Task.Delay(10, stop.Token);
        }

        var writer = new BlockingWriter();
        Task running = watch.RunAsync(0, writer, stop.Token);
        await writer.Blocked.WaitAsync(stop.Token);
        await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(51), 1));
        using (Subscription later = await tail.SubscribeAsync(stop.Token))
        {
            // Once the tail has it, the watch's queue has it.
            while (later.JoinedAt < 52 && !later.Changes.TryPeek(out _))
            {
                await Task.Delay(10, stop.Token);
            }
        }

        writer.Release();
        await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(52), 1));
        await writer.Count(53, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(writer.Names.Distinct(), writer.Names);
    }

    [Fact]
    public async Task A_watcher_that_falls_behind_is_closed_after_what_it_had()
    {
        var removed = new List<Subscription>();
        using var subscription = new Subscription(0, 2, removed.Add);
        Assert.True(subscription.Offer(Change(1)));
        Assert.True(subscription.Offer(Change(2)));
        Assert.False(subscription.Offer(Change(3)));
        Assert.Equal(1, (await subscription.Changes.ReadAsync()).Sequence);
        Assert.Equal(2, (await subscription.Changes.ReadAsync()).Sequence);
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => subscription.Changes.WaitToReadAsync().AsTask());
        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
    }

    private static PackageChange Change(long sequence) =>
        new(sequence, "t", new ImageReference("r", "p", "t"), new(() => new CorrectionPackage()), new(() => new CorrectionPackage()));

    [Fact]
    public async Task A_stopping_service_says_so()
    {
        HandoffHost host = await StartAsync();
        await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(1), 1));
        using Subscription subscription = await host.Services.GetRequiredService<PackageTail>().SubscribeAsync(CancellationToken.None);
        await host.DisposeAsync();

        // The package may have come between subscribing and stopping.
        RpcException e = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await subscription.Changes.WaitToReadAsync())
            {
                subscription.Changes.TryRead(out _);
            }
        });
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        await _place.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private Task<HandoffHost> StartAsync(Func<HandoffOptions, HandoffOptions>? configure = null) =>
        HandoffHost.StartAsync(configure, place: _place);

    /// <summary>Takes events, but stops at the first one until released.</summary>
    private sealed class BlockingWriter : IServerStreamWriter<WatchCorrectionPackagesResponse>
    {
        private readonly TaskCompletionSource _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public WriteOptions? WriteOptions { get; set; }

        public System.Collections.Concurrent.ConcurrentQueue<string> Names { get; } = [];

        public Task Blocked => _blocked.Task;

        public void Release() => _released.SetResult();

        public async Task Count(int count, CancellationToken cancellationToken)
        {
            while (Names.Count < count)
            {
                await Task.Delay(10, cancellationToken);
            }
        }

        public Task WriteAsync(WatchCorrectionPackagesResponse message) => WriteAsync(message, CancellationToken.None);

        public async Task WriteAsync(WatchCorrectionPackagesResponse message, CancellationToken cancellationToken)
        {
            _blocked.TrySetResult();
            await _released.Task.WaitAsync(cancellationToken);
            Names.Enqueue(message.Package.Name);
        }
    }

    private sealed class Watcher : IAsyncDisposable
    {
        private readonly CancellationTokenSource _patience = new(Patience);
        private readonly AsyncServerStreamingCall<WatchCorrectionPackagesResponse> _call;

        public Watcher(HandoffHost host, string token, string parent = "tuples/-", int heartbeatSeconds = 60) =>
            _call = host.Client.WatchCorrectionPackages(
                new WatchCorrectionPackagesRequest
                {
                    Parent = parent,
                    ResumeToken = token,
                    HeartbeatInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(heartbeatSeconds)),
                },
                cancellationToken: _patience.Token);

        public async Task<WatchCorrectionPackagesResponse> Next()
        {
            Assert.True(await _call.ResponseStream.MoveNext(CancellationToken.None));
            return _call.ResponseStream.Current;
        }

        public async Task<string[]> Take(int count)
        {
            var events = new List<string>();
            for (int i = 0; i < count; i++)
            {
                CorrectionPackage package = (await Next()).Package;
                events.Add($"{package.Revision} {package.State}");
            }

            return [.. events];
        }

        public ValueTask DisposeAsync()
        {
            _call.Dispose();
            _patience.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

public sealed class Sqlite_watches : When_a_client_watches<SqliteFiles>;

public sealed class SqlServer_watches : When_a_client_watches<SqlServerSchema>;
