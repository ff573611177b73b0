using Microsoft.Extensions.Time.Testing;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Reconciling.Rebuilding;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.Reconciler;

/// <summary>Every current ledger and every package is sent once more as it was sent, whatever happens to the process.</summary>
public abstract class RebuildContract<TEngine> : IAsyncLifetime
    where TEngine : EngineUnderTest, new()
{
    private readonly TEngine _engine = new();
    private readonly FakeTimeProvider _clock = new(Say.T0);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _engine.InitializeAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _engine.DisposeAsync();
    }

    /// <summary>Random evidence in random batches, with the clock running; then everything again, twice, at other times.</summary>
    [Fact]
    public async Task Everything_is_sent_again_as_it_was_sent()
    {
        int packages = 0, ends = 0, open = 0;
        for (int seed = 0; seed < 12; seed++)
        {
            var rig = new Rig(_engine.Store, _clock);
            var random = new Random(seed);
            foreach (Observation[] batch in World.Batches(new World(seed).Deliveries, random))
            {
                await rig.AdvanceToAsync(_clock.GetUtcNow().AddMinutes(random.Next(300)));
                await rig.FoldAsync(batch);
            }

            var told = new List<object>();
            for (int again = 0; again < 3; again++)
            {
                await rig.AdvanceToAsync(_clock.GetUtcNow().AddHours(again * 7).AddMinutes(1));
                told.AddRange(await TakeAsync(rig));
                await rig.Rebuilder.RequestAsync([Request()], Ct);
                await rig.AdvanceToAsync(_clock.GetUtcNow().AddSeconds(1));
                IReadOnlyList<object> repeated = await TakeAsync(rig);
                Assert.Equal(Texts(Expected(told)), Texts(repeated));
                Rebuild done = (await rig.Rebuilder.ListAsync(Ct))[0];
                Assert.Equal((0L, (long)repeated.OfType<CorrectionPackagePrepared>().Count()), (done.Contradicted, done.Packages));
                Assert.NotNull(done.FinishedAt);
            }

            packages += told.OfType<CorrectionPackagePrepared>().Count();
            ends += told.OfType<CorrectionPackageClosed>().Count();
            open += Expected(told).OfType<LedgerChanged>().Sum(l => l.HoldsOpen!.Count);
            await _engine.DisposeAsync();
            await _engine.InitializeAsync();
        }

        Assert.True(packages > 20 && ends > 1 && open > 20, $"{packages} packages, {ends} ends, {open} holds: too few to show anything");
    }

    [Fact]
    public async Task A_process_that_dies_between_pages_or_within_one_is_gone_on_from_where_it_was()
    {
        const int Tuples = 60;
        var rig = new Rig(_engine.Store, _clock);
        await rig.FoldAsync([.. Enumerable.Range(0, Tuples).Select(i => Say.Tag(Say.Tuple with { Tag = $"v{i}" }, Say.A, Say.T0.AddHours(-1)))]);
        await rig.AdvanceToAsync(Say.T0.AddDays(1));
        await TakeAsync(rig);
        await rig.Rebuilder.RequestAsync([Request()], Ct);
        Assert.Equal(1, await rig.Sweep.SweepOnceAsync(Ct));
        Assert.Equal(25, (await rig.PublishedAsync<LedgerChanged>()).Count);

        // Dead; and the next process dies within its page.
        await _engine.RestartAsync();
        bool dies = true;
        var next = new Rig(_engine.Store, _clock, wrap: e => new Sabotage(e) { AfterKnown = () => dies ? throw new IOException("dead") : Task.CompletedTask });
        await next.AdvanceToAsync(_clock.GetUtcNow().AddMilliseconds(2));
        Assert.Equal(25, (await next.PublishedAsync<LedgerChanged>()).Count);
        Assert.Equal(25, (await next.Rebuilder.ListAsync(Ct)).Single().Tuples);

        dies = false;
        await next.AdvanceToAsync(_clock.GetUtcNow().AddMinutes(2));
        Assert.Equal(
            Enumerable.Range(0, Tuples).Select(i => $"v{i}").Order(StringComparer.Ordinal),
            (await next.PublishedAsync<LedgerChanged>()).Select(l => l.Tuple.Tag!).Order(StringComparer.Ordinal));
        Assert.Equal(Tuples, (await next.Rebuilder.ListAsync(Ct)).Single(r => r.FinishedAt is not null).Tuples);
    }

    [Fact]
    public async Task A_request_is_known_by_its_id_and_those_that_wait_are_served_together()
    {
        var rig = new Rig(_engine.Store, _clock);
        await rig.FoldAsync([.. Enumerable.Range(0, 30).Select(i => Say.Tag(Say.Tuple with { Tag = $"v{i}" }, Say.A, Say.T0.AddHours(-1)))]);
        await rig.AdvanceToAsync(Say.T0.AddDays(1));
        await TakeAsync(rig);
        RebuildRequested first = Request();
        await rig.Rebuilder.RequestAsync([first, Request()], Ct);
        await rig.Rebuilder.RequestAsync([first], Ct);
        Assert.Equal(1, await rig.Sweep.SweepOnceAsync(Ct));

        // One that comes while another runs may want what that has passed already.
        _clock.Advance(TimeSpan.FromTicks(1));
        await rig.Rebuilder.RequestAsync([Request(), first], Ct);
        await rig.AdvanceToAsync(_clock.GetUtcNow().AddHours(1));
        Assert.Equal(Enumerable.Repeat(2, 30), (await TakeAsync(rig)).OfType<LedgerChanged>().GroupBy(l => l.Tuple).Select(g => g.Count()));
        IReadOnlyList<Rebuild> rebuilds = await rig.Rebuilder.ListAsync(Ct);
        Assert.Equal([0L, 30L, 30L], rebuilds.Select(r => r.Tuples).Order());
        Assert.All(rebuilds, r => Assert.NotNull(r.FinishedAt));

        await rig.Rebuilder.RequestAsync([first], Ct);
        await rig.AdvanceToAsync(_clock.GetUtcNow().AddHours(1));
        Assert.Empty(await TakeAsync(rig));
    }

    /// <summary>The handoff is told of a ledger that comes out otherwise without a reason, and not of one that has a reason.</summary>
    [Fact]
    public async Task A_ledger_that_comes_out_otherwise_says_so()
    {
        var rig = new Rig(_engine.Store, _clock);
        await rig.FoldAsync(Say.Scenario);
        StoredTuple before = await rig.TupleAsync(Say.Tuple);

        // A transition is due, its timer has not fired, and the ledger is another one.
        LedgerChanged sent;
        do
        {
            DateTimeOffset due = await _engine.Store.ReadAsync(
                s => s.SingleAsync<DateTimeOffset>("select min(due_at) from timer where kind = 'tuple-transition'"), Ct);
            _clock.SetUtcNow(due);
            await TakeAsync(rig);
            await rig.Rebuilder.RequestAsync([Request()], Ct);
            await rig.Rebuilder.FireAsync(new TimerRow(rig.Rebuilder.Kind, "page", due), Ct);
            sent = (await TakeAsync(rig)).OfType<LedgerChanged>().Single();
            await rig.Rebuilder.FireAsync(new TimerRow(rig.Rebuilder.Kind, "page", due), Ct);
        }
        while (sent.Revision == before.Revision);
        Assert.Null(sent.Contradicts);
        Assert.Equal(0, (await rig.Rebuilder.ListAsync(Ct)).Sum(r => r.Contradicted));
        await rig.AdvanceToAsync(_clock.GetUtcNow().AddDays(1));
        await TakeAsync(rig);

        StoredTuple announced = await rig.TupleAsync(Say.Tuple);
        await _engine.Store.WriteAsync(
            (StoreTransaction tx) => tx.ExecuteAsync("update tuple set ledger_sha256 = @other", new { other = new string('0', 64) }), Ct);
        await rig.Rebuilder.RequestAsync([Request()], Ct);
        await rig.AdvanceToAsync(_clock.GetUtcNow().AddHours(1));
        LedgerChanged other = (await TakeAsync(rig)).OfType<LedgerChanged>().Single();
        Assert.Equal((announced.Revision + 1, announced.LedgerRevision, announced.LedgerSha256), (other.Revision, other.Contradicts, other.LedgerSha256));
        Assert.Equal(1, (await rig.Rebuilder.ListAsync(Ct))[0].Contradicted);
    }

    [Fact]
    public async Task With_much_waiting_to_be_sent_the_next_page_waits_too()
    {
        var rig = new Rig(_engine.Store, _clock);
        await rig.FoldAsync(Say.Scenario);
        await rig.AdvanceToAsync(Say.T0.AddDays(1));
        await TakeAsync(rig);
        OutboxMessage[] waiting =
            [.. Enumerable.Range(0, 1001).Select(i => new OutboxMessage { Id = OutboxMessage.DerivedId($"{i}"), Type = "source-heard.v1", Payload = """{"source":"change-snapshot","instance":"i","at":"2026-03-22T10:00:00Z"}"""u8.ToArray() })];
        await _engine.Store.WriteAsync((StoreTransaction tx) => rig.Outbox.EnqueueAsync(tx, waiting), Ct);
        await rig.Rebuilder.RequestAsync([Request()], Ct);
        await rig.AdvanceToAsync(_clock.GetUtcNow().AddSeconds(10));
        Assert.Empty(await rig.PublishedAsync<LedgerChanged>());
        await TakeAsync(rig);
        await rig.AdvanceToAsync(_clock.GetUtcNow().AddSeconds(10));
        Assert.Single(await rig.PublishedAsync<LedgerChanged>());
    }

    private RebuildRequested Request() => new() { RequestId = Guid.NewGuid(), RequestedAt = _clock.GetUtcNow() };

    /// <summary>What waits in the outbox, which is then empty.</summary>
    private async Task<IReadOnlyList<object>> TakeAsync(Rig rig)
    {
        IReadOnlyList<object> told = await rig.PublishedAsync();
        await _engine.Store.WriteAsync((StoreTransaction tx) => tx.ExecuteAsync("delete from outbox"), Ct);
        return [.. told.Where(m => m is LedgerChanged or CorrectionPackagePrepared or CorrectionPackageClosed)];
    }

    /// <summary>What has to come again of what was told: the last ledger of each tuple, all packages, all ends.</summary>
    private static IEnumerable<object> Expected(IReadOnlyList<object> told)
    {
        foreach (IGrouping<ImageReference, LedgerChanged> ledgers in told.OfType<LedgerChanged>().GroupBy(l => l.Tuple))
        {
            LedgerChanged last = ledgers.MaxBy(l => l.Revision)!;
            var open = new Dictionary<string, HoldOpening>();
            foreach (LedgerChanged ledger in ledgers.OrderBy(l => l.Revision))
            {
                foreach (string id in ledger.HoldsOpened)
                {
                    open[id] = new HoldOpening(id, ledger.RecordedAt, ledger.LedgerSha256);
                }

                ledger.HoldsReleased.ToList().ForEach(id => open.Remove(id));
            }

            yield return last with { HoldsOpened = [], HoldsReleased = [], HoldsOpen = [.. open.Values.OrderBy(o => o.HoldId, StringComparer.Ordinal)] };
        }

        foreach (object message in told.Where(m => m is not LedgerChanged))
        {
            yield return message;
        }
    }

    private static IEnumerable<string> Texts(IEnumerable<object> messages) => messages.Select(m => m switch
    {
        LedgerChanged l => System.Text.Json.JsonSerializer.Serialize(
            l with { HoldsOpen = [.. l.HoldsOpen!.OrderBy(o => o.HoldId, StringComparer.Ordinal)] }, Contracts.Json.ContractsJson.Default.LedgerChanged),
        CorrectionPackagePrepared p => System.Text.Json.JsonSerializer.Serialize(p, Contracts.Json.ContractsJson.Default.CorrectionPackagePrepared),
        _ => System.Text.Json.JsonSerializer.Serialize((CorrectionPackageClosed)m, Contracts.Json.ContractsJson.Default.CorrectionPackageClosed),
    }).Order(StringComparer.Ordinal);
}

public sealed class Sqlite_rebuild : RebuildContract<SqliteUnderTest>;

public sealed class Shared_sqlite_rebuild : RebuildContract<SharedSqliteUnderTest>;

public sealed class SqlServer_rebuild : RebuildContract<SqlServerUnderTest>;
