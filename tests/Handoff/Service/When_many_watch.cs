using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using ReleaseIntegrity.Handoff;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Feed;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Handoff.Watching;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Handoff.Masking;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>However many clients watch, a change is read once.</summary>
public sealed class When_many_watch : System.Diagnostics.Metrics.IMeterFactory, IDisposable
{
    private const int Watchers = 500;
    private const int Changes = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("handoff-").FullName;

    [Fact]
    public async Task No_watcher_costs_a_query()
    {
        var options = new HandoffOptions
        {
            Store = new StoreOptions { DataFolder = _folder, FileName = "handoff.db" }, TokenKey = HandoffHost.Key,
            Access = new AccessOptions { SigningKey = HandoffHost.SigningKey }, WatchPollInterval = TimeSpan.FromHours(1),
        };
        var masker = new Masker(options.TokenKey);
        await using var counted = new CountingStore(Stores.Open(options.Store, HandoffStore.Migrations));
        await using var store = new HandoffStore(counted, masker, TimeProvider.System);
        await store.OpenAsync(CancellationToken.None);
        using var documents = new MaskedDocuments(masker);
        using var tail = new PackageTail(store, documents, options, NullLogger<PackageTail>.Instance);
        var feed = new HandoffFeed(store, masker, this);
        using var stop = new CancellationTokenSource(Patience);
        await tail.StartAsync(stop.Token);

        RandomDocument[] randoms = [.. Enumerable.Range(0, Changes).Select(seed => new RandomDocument(seed))];
        RepositoryScope scope = RepositoryScope.Of(randoms.Select(r => r.Tuple.Coordinates));
        (_, long begin) = await store.ReadAsync(HandoffQueries.PositionAsync, stop.Token);
        Collector[] collectors = [.. Enumerable.Range(0, Watchers).Select(i => new Collector(Changes))];
        Task[] watching = [.. collectors.Select((c, i) => new PackageWatch(
            store, tail, TimeProvider.System, "s", null, i % 2 == 0 ? scope : RepositoryScope.Everything, Patience).RunAsync(begin, c, stop.Token))];

        // The tail has looked where it begins, then for changes, as has the test; each watcher for what was before it.
        while (counted.Reads < Watchers + 3)
        {
            await Task.Delay(10, stop.Token);
        }

        int before = counted.Reads;
        foreach (RandomDocument random in randoms)
        {
            await feed.Apply(HandoffHost.Prepared(random, 1));
        }

        await Task.WhenAll(collectors.Select(c => c.Complete)).WaitAsync(stop.Token);
        int after = counted.Reads;
        Assert.All(collectors, c => Assert.Equal(collectors[0].Names, c.Names));
        Assert.True(after - before <= 2 * Changes, $"{after - before} reads for {Changes} changes and {Watchers} watchers");

        await stop.CancelAsync();
        foreach (Task watch in watching)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => watch);
        }

        await tail.StopAsync(CancellationToken.None);
    }

    public System.Diagnostics.Metrics.Meter Create(System.Diagnostics.Metrics.MeterOptions options) => new(options);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed class Collector(int expected) : IServerStreamWriter<WatchCorrectionPackagesResponse>
    {
        private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public WriteOptions? WriteOptions { get; set; }

        public List<string> Names { get; } = [];

        public Task Complete => _complete.Task;

        public Task WriteAsync(WatchCorrectionPackagesResponse message)
        {
            Names.Add(message.Package.Name);
            if (Names.Count == expected)
            {
                _complete.SetResult();
            }

            return Task.CompletedTask;
        }

        public Task WriteAsync(WatchCorrectionPackagesResponse message, CancellationToken cancellationToken) => WriteAsync(message);
    }

    /// <summary>A store that counts who reads it.</summary>
    private sealed class CountingStore(IStore store) : IStore
    {
        private int _reads;

        public int Reads => Volatile.Read(ref _reads);

        public string Engine => store.Engine;

        public bool IsShared => store.IsShared;

        public Task<T> ReadAsync<T>(Func<StoreSnapshot, Task<T>> read, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            return store.ReadAsync(read, cancellationToken);
        }

        public Task<T> WriteAsync<T>(Func<StoreTransaction, Task<T>> write, CancellationToken cancellationToken) => store.WriteAsync(write, cancellationToken);

        public bool IsTransient(Exception exception) => store.IsTransient(exception);

        public bool IsUniqueViolation(Exception exception) => store.IsUniqueViolation(exception);

        public ValueTask DisposeAsync() => store.DisposeAsync();
    }
}
