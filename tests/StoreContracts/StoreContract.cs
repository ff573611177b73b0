using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.StoreContracts;

/// <summary>What every engine keeps of <see cref="IStore"/>'s promises.</summary>
public abstract class StoreContract<TEngine> : IAsyncLifetime
    where TEngine : StoreUnderTest, new()
{
    protected TEngine Engine { get; } = new();

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IStore Store => Engine.Store;

    public ValueTask InitializeAsync() => Engine.InitializeAsync();

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    [Fact]
    public async Task A_write_is_there_after_a_restart()
    {
        await InsertAsync(1, "one");
        await Engine.RestartAsync();
        Assert.Equal(["one"], await BodiesAsync());
    }

    [Fact]
    public async Task A_failing_write_leaves_nothing_and_its_neighbours_stay()
    {
        Task[] writes =
        [
            .. Enumerable.Range(1, 200).Select(i => Store.WriteAsync(
                async tx =>
                {
                    await tx.ExecuteAsync("insert into note (id, body) values (@i, @body)", new { i, body = $"n{i}" });
                    if (i % 3 == 0)
                    {
                        throw new InvalidOperationException("no");
                    }
                },
                Ct)),
        ];
        await Task.WhenAll(writes.Select(w => w.ContinueWith(_ => { }, Ct, TaskContinuationOptions.None, TaskScheduler.Default)));
        Assert.Equal(200 / 3, writes.Count(w => w.IsFaulted));
        Assert.Equal(200 - (200 / 3), (await BodiesAsync()).Count);
    }

    [Fact]
    public async Task A_constraint_that_breaks_is_told_apart_from_a_busy_store()
    {
        await InsertAsync(1, "same");
        Exception e = (await Record.ExceptionAsync(() => InsertAsync(2, "same")))!;
        Assert.True(Store.IsUniqueViolation(e));
        Assert.False(Store.IsTransient(e));
        e = (await Record.ExceptionAsync(() => InsertAsync(1, "other")))!;
        Assert.True(Store.IsUniqueViolation(e));
    }

    [Fact]
    public async Task A_read_sees_one_snapshot_and_does_not_wait_for_a_writer()
    {
        await InsertAsync(1, "one");
        (long before, long after) = await Store.ReadAsync(
            async snapshot =>
            {
                long first = await snapshot.SingleAsync<long>("select count(*) from note");
                await InsertAsync(2, "two");
                return (first, await snapshot.SingleAsync<long>("select count(*) from note"));
            },
            Ct);
        Assert.Equal((1, 1), (before, after));
    }

    [Fact]
    public async Task A_write_inside_a_write_is_refused_rather_than_waiting_for_itself() =>
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => Store.WriteAsync(async _ => await InsertAsync(1, "inner"), Ct));

    [Fact]
    public async Task A_cancelled_write_is_not_done()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Store.WriteAsync(tx => tx.ExecuteAsync("insert into note (id, body) values (1, 'x')"), cancelled.Token));
        Assert.Empty(await BodiesAsync());
    }

    [Fact]
    public async Task A_write_wakes_others_only_once_it_is_committed()
    {
        long seen = -1;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Store.WriteAsync(
            async tx =>
            {
                tx.OnCommitted(done.SetResult);
                await tx.ExecuteAsync("insert into note (id, body) values (1, 'x')");
                Assert.False(done.Task.IsCompleted);
            },
            Ct);
        await done.Task.WaitAsync(Ct);
        seen = (await BodiesAsync()).Count;
        Assert.Equal(1, seen);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.WriteAsync(
            tx =>
            {
                tx.OnCommitted(() => seen = 99);
                throw new InvalidOperationException("no");
            },
            Ct));
        Assert.Equal(1, seen);
    }

    [Fact]
    public async Task Instants_keep_every_tick_and_sort_as_they_should()
    {
        DateTimeOffset[] instants =
        [
            new(2026, 3, 22, 10, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2026, 3, 22, 10, 0, 0, TimeSpan.Zero).AddTicks(1),
            new(2026, 3, 22, 13, 0, 0, TimeSpan.FromHours(2)),
            DateTimeOffset.MaxValue,
        ];
        await Store.WriteAsync(
            tx => tx.ExecuteAsync(
                "insert into note (id, body, written_at) values (@id, @id, @at)",
                instants.Reverse().Select((at, id) => new { id, at })),
            Ct);
        IReadOnlyList<NoteRow> rows = await Store.ReadAsync(
            s => s.QueryAsync<NoteRow>("select id, written_at from note order by written_at"), Ct);
        Assert.Equal(instants.Select(i => i.UtcDateTime), rows.Select(r => r.WrittenAt!.Value.UtcDateTime));
    }

    protected Task<int> InsertAsync(int id, string body) =>
        Store.WriteAsync(tx => tx.ExecuteAsync("insert into note (id, body) values (@id, @body)", new { id, body }), Ct);

    protected Task<IReadOnlyList<string>> BodiesAsync() =>
        Store.ReadAsync(s => s.QueryAsync<string>("select body from note order by id"), Ct);

    private sealed record NoteRow
    {
        public long Id { get; init; }

        public DateTimeOffset? WrittenAt { get; init; }
    }
}
