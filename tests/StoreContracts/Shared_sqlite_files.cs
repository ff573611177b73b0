using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.StoreContracts;

/// <summary>Several stores on one file, each with a queue of its own, as several processes have them.</summary>
public sealed class Shared_sqlite_files : IDisposable
{
    private const int Stores = 3;
    private const int WritesEach = 60;

    private static readonly TimeSpan LongWrite = TimeSpan.FromSeconds(4);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("release-integrity-shared-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private StoreOptions Options => new() { DataFolder = _folder.FullName, FileName = "notes.db", Shared = true };

    [Fact]
    public async Task Stores_that_start_at_once_share_the_work_and_lose_no_write()
    {
        IStore[] stores = await Task.WhenAll(Enumerable.Range(0, Stores).Select(_ => Task.Run(() => Open(Options))));
        Assert.All(stores, s => Assert.True(s.IsShared));
        await stores[0].WriteAsync(tx => tx.ExecuteAsync("insert into note (id, body) values (0, '0')"), Ct);
        await Task.WhenAll(stores.SelectMany(store => Enumerable.Range(0, WritesEach).Select(_ => store.WriteAsync(
            async tx =>
            {
                int body = await tx.SingleAsync<int>("select cast(body as integer) from note where id = 0");
                await tx.ExecuteAsync("update note set body = @next where id = 0", new { next = body + 1 });
            },
            Ct))));
        string total = await stores[1].ReadAsync(s => s.SingleAsync<string>("select body from note where id = 0"), Ct);
        Assert.Equal($"{Stores * WritesEach}", total);
        foreach (IStore store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task One_that_starts_while_another_writes_for_long_waits_for_its_turn()
    {
        await using IStore first = Open(Options);
        Task<IStore> starting = null!;
        await first.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync("insert into note (id, body) values (9, 'long')");
                starting = Task.Run(() => Open(Options), Ct);

                // Longer than it waits for one statement.
                await Task.Delay(LongWrite, Ct);
                Assert.False(starting.IsCompleted, "it did not take turns with the one that writes");
            },
            Ct);
        await using IStore other = await starting;
        Assert.Equal("long", await other.ReadAsync(s => s.SingleAsync<string>("select body from note where id = 9"), Ct));
    }

    [Fact]
    public async Task Dispatchers_of_several_stores_publish_each_message_once_and_in_order()
    {
        const int Messages = 300;
        IStore[] stores = [Open(Options), Open(Options)];
        var transport = new Recorder();
        Outbox[] outboxes = [.. stores.Select(s => new Outbox(s, new OutboxOptions { Name = "test", BatchLimit = 16 }, TimeProvider.System))];
        await stores[0].WriteAsync(
            tx => outboxes[0].EnqueueAsync(tx, [.. Enumerable.Range(0, Messages).Select(i => new OutboxMessage
            {
                Id = new Guid(i, 0, 0, new byte[8]), Type = "t", Payload = Encoding.UTF8.GetBytes($"{i}"), OrderKey = $"{i % 7}",
            })]),
            Ct);
        await Task.WhenAll(outboxes.Select(async outbox =>
        {
            var dispatcher = new OutboxDispatcher(outbox, transport, NullLogger<OutboxDispatcher>.Instance);
            while ((await outbox.BacklogAsync(Ct)).Messages > 0)
            {
                await dispatcher.DispatchOnceAsync(Ct);
            }
        }));
        int[] published = [.. transport.Payloads.Select(p => int.Parse(p, CultureInfo.InvariantCulture))];
        Assert.Equal(Enumerable.Range(0, Messages), published.Order());
        Assert.All(published.GroupBy(i => i % 7), key => Assert.Equal(key.Order(), key));
        foreach (IStore store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_store_that_wants_the_file_alone_and_one_that_shares_it_refuse_each_other(bool first, bool second)
    {
        StoreOptions options = Options;
        options.Shared = first;
        await using IStore store = Open(options);
        options.Shared = second;
        StoreException e = Assert.Throws<StoreException>(() => Open(options));
        Assert.Contains("Store:Shared", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_may_not_migrate_says_which_script_is_missing()
    {
        StoreOptions options = Options;
        options.MigrateAtStart = false;
        StoreException e = Assert.Throws<StoreException>(() => Open(options));
        Assert.Contains("storage/0001", e.Message, StringComparison.Ordinal);
        Assert.Contains("migrate", e.Message, StringComparison.Ordinal);

        await Storage.Stores.MigrateAsync(options, Notes);
        await using IStore store = Open(options);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static MigrationSet Notes => new("notes", typeof(Shared_sqlite_files).Assembly);

    private static IStore Open(StoreOptions options) => Storage.Stores.Open(options, Notes);

    private sealed class Recorder : IOutboxPublisher
    {
        public ConcurrentQueue<string> Payloads { get; } = new();

        public bool IsDurable => true;

        public Task ReadyAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task PublishAsync(OutboxParcel parcel, CancellationToken cancellationToken)
        {
            parcel.Messages.ToList().ForEach(m => Payloads.Enqueue(Encoding.UTF8.GetString(m.Payload)));
            return Task.CompletedTask;
        }
    }
}
