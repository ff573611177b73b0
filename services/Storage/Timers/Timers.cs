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
    public async Task SetAsync(StoreTransaction transaction, TimerRow timer)
    {
        await transaction.ExecuteAsync(_sql.Upsert, timer);
        transaction.OnCommitted(_wake.Give);
    }

    /// <summary>
    /// Has timers fire by an instant at the latest: one that is set for an earlier one stays, unless that has come
    /// already. For handlers that look at their own state and set what comes next: what need not move is not written.
    /// </summary>
    public async Task FireByAsync(StoreTransaction transaction, IReadOnlyCollection<TimerRow> timers)
    {
        if (await transaction.ExecuteRowsAsync(_sql.FireBy, TimerStatements.Row, timers, ("now", clock.GetUtcNow())) > 0)
        {
            transaction.OnCommitted(_wake.Give);
        }
    }

    /// <summary>Cancels a timer, if it is set.</summary>
    public Task CancelAsync(StoreTransaction transaction, string kind, string key) =>
        transaction.ExecuteAsync("delete from timer where kind = @kind and key = @key", new { kind, key });

    /// <summary>When the next timer can fire, be it set or waiting for its next attempt; null when none is set.</summary>
    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken)
    {
        string? due = await store.ReadAsync(
            snapshot => snapshot.SingleOrDefaultAsync<string?>(_sql.NextDue), cancellationToken);
        return due is null ? null : StoredTypes.InstantOf(due);
    }

    internal Task<IReadOnlyList<ClaimedTimer>> ClaimAsync(TimerSweepOptions options, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return store.WriteAsync(
            async transaction =>
            {
                IReadOnlyList<ClaimedTimer> due =
                    await transaction.QueryAsync<ClaimedTimer>(_sql.SelectDue, new { now, limit = options.BatchLimit });
                await transaction.ExecuteAsync(
                    _sql.Claim, due.Select(t => new { t.Kind, t.Key, until = now + options.Lease }));
                return due;
            },
            cancellationToken);
    }

    // Only if it was not set anew while it fired.
    internal Task EndAsync(ClaimedTimer timer, CancellationToken cancellationToken) =>
        store.WriteAsync(
            transaction => transaction.ExecuteAsync(
                "delete from timer where kind = @Kind and key = @Key and due_at = @DueAt", timer),
            cancellationToken);

    internal Task DeferAsync(ClaimedTimer timer, TimeSpan delay, CancellationToken cancellationToken) =>
        store.WriteAsync(
            transaction => transaction.ExecuteAsync(
                """
                update timer set claimed_until = @until, attempts = attempts + 1
                where kind = @Kind and key = @Key and due_at = @DueAt
                """,
                new { timer.Kind, timer.Key, timer.DueAt, until = clock.GetUtcNow() + delay }),
            cancellationToken);

    internal Task ReclaimAsync(CancellationToken cancellationToken) =>
        store.WriteAsync(
            transaction => transaction.ExecuteAsync("update timer set claimed_until = null where claimed_until is not null"),
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

/// <summary>The timers' SQL, per engine.</summary>
internal sealed record TimerStatements(string Upsert, string FireBy, string SelectDue)
{
    public static readonly RowShape<TimerRow> Row = RowShape.Of<TimerRow>("timer_row")
        .Text("kind", 64, t => t.Kind)
        .Text("key", 128, t => t.Key)
        .Instant("due_at", t => t.DueAt)
        .Text("payload", t => t.Payload);

    public string Claim { get; } = "update timer set claimed_until = @until where kind = @Kind and key = @Key";

    public string NextDue { get; } = """
        select min(at) from (
          select min(due_at) as at from timer where claimed_until is null
          union all
          select min(claimed_until) from timer where claimed_until is not null) as first
        """;

    public static TimerStatements For(string engine) => engine switch
    {
        "sqlite" => new(
            """
            insert into timer (kind, key, due_at, payload) values (@Kind, @Key, @DueAt, @Payload)
            on conflict (kind, key) do update set
              due_at = excluded.due_at, payload = excluded.payload, claimed_until = null, attempts = 0
            """,
            """
            insert into timer (kind, key, due_at, payload) values (@kind, @key, @due_at, @payload)
            on conflict (kind, key) do update set
              due_at = excluded.due_at, payload = excluded.payload, claimed_until = null, attempts = 0
            where timer.due_at > excluded.due_at or timer.due_at <= @now
            """,
            """
            select kind, key, due_at, payload, attempts from timer
            where due_at <= @now and (claimed_until is null or claimed_until <= @now)
            order by due_at, kind, key
            limit @limit
            """),
        _ => throw new NotSupportedException($"timers have no statements for the engine '{engine}'"),
    };
}
