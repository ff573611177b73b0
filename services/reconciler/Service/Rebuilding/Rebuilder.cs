using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Reconciling.Evidence;
using ReleaseIntegrity.Reconciling.Folding;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Rebuilding;

/// <summary>
/// Sends every current ledger and every package once more, page by page. Ledgers are not kept here, so each is derived again
/// from its evidence; one that comes out otherwise than it was announced, though neither evidence nor a transition had come,
/// is counted, and its message says so.
/// <para>
/// Concurrency: a page is one transaction, with the cursor in its <c>WHERE</c>; whichever replica claims the timer sends the
/// next one. One request at a time, in the order of arrival; those that came before one began end with it. Failure: a process
/// that dies between pages leaves cursor and timer, and the next one goes on; nothing is sent twice, and what is, is known by
/// its id.
/// </para>
/// </summary>
public sealed class Rebuilder : ITimerHandler
{
    /// <summary>The key of the one timer: one request at a time.</summary>
    private const string TimerKey = "page";

    private const int PageLimit = 25;

    /// <summary>With more messages than this waiting the next page waits too, so that the outbox stays small.</summary>
    private const int BacklogLimit = 1_000;

    private static readonly TimeSpan BetweenPages = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan UntilSent = TimeSpan.FromSeconds(1);

    private readonly IStore _store;
    private readonly IEvidenceStore _evidence;
    private readonly Folder _folder;
    private readonly TupleFolding _tuples;
    private readonly Outbox _outbox;
    private readonly Timers _timers;
    private readonly TimeProvider _clock;
    private readonly ReconcilerMetrics _metrics;
    private readonly ILogger<Rebuilder> _logger;
    private readonly RebuildStatements _sql;

    /// <summary>A rebuilder on one store.</summary>
    public Rebuilder(
        IStore store, IEvidenceStore evidence, Policy policy, Folder folder, Outbox outbox, Timers timers, TimeProvider clock,
        ReconcilerMetrics metrics, ILogger<Rebuilder> logger)
    {
        _store = store;
        _evidence = evidence;
        _folder = folder;
        _tuples = new TupleFolding(evidence, policy, timers, TimeSpan.Zero);
        _outbox = outbox;
        _timers = timers;
        _clock = clock;
        _metrics = metrics;
        _logger = logger;
        _sql = RebuildStatements.For(store.Engine);
    }

    /// <inheritdoc/>
    public string Kind => "rebuild";

    /// <summary>Notes requests; those that are known change nothing.</summary>
    public Task RequestAsync(IReadOnlyCollection<RebuildRequested> requests, CancellationToken cancellationToken) => _store.WriteAsync(
        async transaction =>
        {
            DateTimeOffset now = _clock.GetUtcNow();
            foreach (RebuildRequested request in requests)
            {
                if (await transaction.ExecuteAsync(_sql.Add, new { requestId = request.RequestId, requestedAt = request.RequestedAt, now }) > 0)
                {
                    _logger.LogInformation("Rebuild {RequestId}: asked for", request.RequestId);
                }
            }

            await _timers.FireByAsync(transaction, [new TimerRow(Kind, TimerKey, now)]);
        },
        cancellationToken);

    /// <summary>The last requests, newest first.</summary>
    public Task<IReadOnlyList<Rebuild>> ListAsync(CancellationToken cancellationToken) =>
        _store.ReadAsync(snapshot => snapshot.QueryAsync<Rebuild>(_sql.Last), cancellationToken);

    /// <summary>Sends the next page of the request whose turn it is.</summary>
    public async Task FireAsync(TimerRow timer, CancellationToken cancellationToken)
    {
        if ((await _outbox.BacklogAsync(cancellationToken)).Messages > BacklogLimit)
        {
            await _store.WriteAsync((StoreTransaction transaction) => AgainAsync(transaction, timer, UntilSent), cancellationToken);
            return;
        }

        Page? sent = await _folder.RunAsync(
            async transaction =>
            {
                Rebuild? current = await transaction.SingleOrDefaultAsync<Rebuild>(_sql.Current);
                if (current is null)
                {
                    return null;
                }

                Page page = await SendAsync(transaction, current);
                await AgainAsync(transaction, timer, BetweenPages);
                return page;
            },
            cancellationToken);
        if (sent is not null)
        {
            _metrics.Rebuilt(sent.Same, sent.Due, sent.Contradicted, sent.Packages);
            Say(sent);
        }
    }

    private async Task<Page> SendAsync(StoreTransaction transaction, Rebuild current)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        IReadOnlyList<string> keys = await _evidence.TupleKeysAsync(transaction, current.AfterKey, PageLimit);
        if (keys.Count == 0)
        {
            await transaction.ExecuteAsync(_sql.Finish, new { now, startedAt = current.StartedAt ?? now });
            return new Page(current, IsLast: true);
        }

        HashSet<string> due = [.. await _timers.DueAsync(transaction, TupleFolding.TimerKind, keys)];
        IReadOnlyList<TupleDecision> decisions = await _tuples.FoldAsync(transaction, keys, null, now);
        ILookup<string, StoredPackage> chains = (await _evidence.ChainsAsync(transaction, keys)).ToLookup(p => p.TupleKey);
        var page = new Page(current, IsLast: false);
        foreach (TupleDecision decision in decisions)
        {
            string key = decision is TupleDecision.Changed changed ? changed.After.TupleKey : ((TupleDecision.Unchanged)decision).Tuple.TupleKey;
            bool other = decision is TupleDecision.Changed { LedgerChanged: true, Before.LedgerSha256: not null };
            bool unexplained = other && !due.Contains(key);
            if (decision is TupleDecision.Changed change)
            {
                await _outbox.EnqueueAsync(transaction, Announcements.Of(change, now, unexplained));
            }

            await _outbox.EnqueueAsync(transaction, Repetition.Of(current.RequestId, decision, chains[key], now));
            page = page with
            {
                Same = page.Same + (other ? 0 : 1),
                Due = page.Due + (other && !unexplained ? 1 : 0),
                Contradicted = page.Contradicted + (unexplained ? 1 : 0),
                Packages = page.Packages + chains[key].Count(),
            };
        }

        int moved = await transaction.ExecuteAsync(
            _sql.Advance,
            new
            {
                now, next = keys[^1], tuples = keys.Count, packages = page.Packages, contradicted = page.Contradicted,
                requestId = current.RequestId, after = current.AfterKey,
            });
        return moved == 1 ? page : throw new StaleRevisionException("a rebuild was continued by another process");
    }

    /// <summary>Sets the timer for an instant that it has not had: one that fires ends only as it was.</summary>
    private Task AgainAsync(StoreTransaction transaction, TimerRow timer, TimeSpan pause)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        return _timers.SetAsync(transaction, timer with { DueAt = (timer.DueAt > now ? timer.DueAt : now) + pause });
    }

    private void Say(Page page)
    {
        if (page.Contradicted > 0)
        {
            _logger.LogError(
                "Rebuild {RequestId}: {Contradicted} ledgers came out otherwise than they were announced, without new evidence: a defect", page.Of.RequestId, page.Contradicted);
        }

        if (page.IsLast)
        {
            _logger.LogInformation(
                "Rebuild {RequestId}: all is sent, {Tuples} tuples and {Packages} packages", page.Of.RequestId, page.Of.Tuples, page.Of.Packages);
        }
    }

    /// <summary>What one page sent: tuples by how their ledgers came out, and packages.</summary>
    private sealed record Page(Rebuild Of, bool IsLast, int Same = 0, int Due = 0, int Contradicted = 0, int Packages = 0);
}
