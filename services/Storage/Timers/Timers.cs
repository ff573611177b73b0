namespace ReleaseIntegrity.Storage;

/// <summary>Something to do at an instant.</summary>
/// <param name="Kind">Which handler does it.</param>
/// <param name="Key">What it is about; one timer per kind and key.</param>
/// <param name="DueAt">When.</param>
/// <param name="Payload">Whatever the handler needs, or null.</param>
public sealed record TimerRow(string Kind, string Key, DateTimeOffset DueAt, string? Payload = null);

/// <summary>
/// Durable timers of one store, one per kind and key, set and cancelled in the transaction of the state that needs them.
/// <para>
/// Concurrency: setting a timer that is being fired keeps the new instant. Failure: a timer fires at least once, never
/// before it is due, and after a crash as soon as the store is open again.
/// </para>
/// </summary>
public sealed class Timers(IStore store, TimeProvider clock)
{
    private readonly TimerStatements _sql = TimerStatements.For(store.Engine);
    private readonly WakeSignal _wake = new(clock);

    /// <summary>Sets a timer, or moves the one that is set already.</summary>
    public Task SetAsync(StoreTransaction transaction, TimerRow timer) => SetAsync(transaction, [timer]);

    /// <summary>Sets many timers; of two with the same kind and key the last counts.</summary>
    public async Task SetAsync(StoreTransaction transaction, IReadOnlyCollection<TimerRow> timers)
    {
        if (timers.Count > 0)
        {
            TimerRow[] distinct = [.. timers.GroupBy(t => (t.Kind, t.Key)).Select(same => same.Last())];
            await transaction.ExecuteRowsAsync(_sql.Upsert, TimerStatements.Rows, distinct);
            transaction.OnCommitted(_wake.Give);
        }
    }

    /// <summary>
    /// Has timers fire by an instant at the latest: one that is set for an earlier one stays, unless that has come
    /// already. For handlers that look at their own state and set what comes next: what need not move is not written.
    /// </summary>
    public async Task FireByAsync(StoreTransaction transaction, IReadOnlyCollection<TimerRow> timers)
    {
        if (await transaction.ExecuteRowsAsync(_sql.FireBy, TimerStatements.Rows, timers, ("now", clock.GetUtcNow())) > 0)
        {
            transaction.OnCommitted(_wake.Give);
        }
    }

    /// <summary>Cancels a timer, if it is set.</summary>
    public Task CancelAsync(StoreTransaction transaction, string kind, string key) =>
        CancelAsync(transaction, kind, [key]);

    /// <summary>Cancels many timers of a kind, as far as they are set.</summary>
    public Task CancelAsync(StoreTransaction transaction, string kind, IReadOnlyCollection<string> keys) =>
        keys.Count == 0
            ? Task.CompletedTask
            : transaction.ExecuteAsync(_sql.Cancel, new { kind, keys = transaction.Keys(keys) });

    /// <summary>Of some keys of a kind those whose timer is due, whether or not it is firing already.</summary>
    public Task<IReadOnlyList<string>> DueAsync(StoreSnapshot snapshot, string kind, IReadOnlyCollection<string> keys) =>
        snapshot.QueryAsync<string>(_sql.DueKeys, new { kind, keys = snapshot.Keys(keys), now = clock.GetUtcNow() });

    /// <summary>When the next timer can fire, be it set or waiting for its next attempt; null when none is set.</summary>
    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) =>
        (await store.ReadAsync(snapshot => snapshot.SingleAsync<NextTimer>(_sql.NextDue), cancellationToken)).DueAt;

    /// <summary>Whether this process alone sweeps the store, so that claims of an earlier process are void.</summary>
    internal bool IsAlone => !store.IsShared;

    internal Task<IReadOnlyList<ClaimedTimer>> ClaimAsync(TimerSweepOptions options, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return store.WriteAsync<IReadOnlyList<ClaimedTimer>>(
            async transaction =>
            [
                .. (await transaction.QueryAsync<ClaimedTimer>(
                        _sql.Claim, new { now, until = now + options.Lease, limit = options.BatchLimit }))
                    .OrderBy(t => t.DueAt).ThenBy(t => t.Kind, StringComparer.Ordinal).ThenBy(t => t.Key, StringComparer.Ordinal),
            ],
            cancellationToken);
    }

    // Only if it was not set anew while it fired.
    internal Task EndAsync(ClaimedTimer timer, CancellationToken cancellationToken) =>
        store.WriteAsync(
            transaction => transaction.ExecuteAsync(_sql.End, timer),
            cancellationToken);

    internal Task DeferAsync(ClaimedTimer timer, TimeSpan delay, CancellationToken cancellationToken) =>
        store.WriteAsync(
            transaction => transaction.ExecuteAsync(
                _sql.Defer,
                new { timer.Kind, timer.Key, timer.DueAt, until = clock.GetUtcNow() + delay }),
            cancellationToken);

    internal Task ReclaimAsync(CancellationToken cancellationToken) =>
        store.WriteAsync(
            transaction => transaction.ExecuteAsync(_sql.Reclaim),
            cancellationToken);

    internal Task WaitAsync(TimeSpan limit, CancellationToken cancellationToken) =>
        _wake.WaitAsync(limit, cancellationToken);
}

/// <summary>A timer that a sweep has claimed.</summary>
internal sealed record ClaimedTimer
{
    public string Kind { get; init; } = "";

    public string Key { get; init; } = "";

    public DateTimeOffset DueAt { get; init; }

    public string? Payload { get; init; }

    public int Attempts { get; init; }

    public TimerRow Row => new(Kind, Key, DueAt, Payload);
}

/// <summary>When the next timer can fire.</summary>
internal sealed record NextTimer
{
    public DateTimeOffset? DueAt { get; init; }
}
