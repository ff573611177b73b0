namespace ReleaseIntegrity.Storage;

/// <summary>The timers' SQL, per engine.</summary>
internal sealed record TimerStatements(string Engine)
{
    public static RowShape<TimerRow> Rows { get; } = RowShape.Of<TimerRow>("timer_row")
        .Text("kind", 100, t => t.Kind)
        .Text("key", 200, t => t.Key)
        .Instant("due_at", t => t.DueAt)
        .Text("payload", t => t.Payload);

    public required string Upsert { get; init; }

    public required string FireBy { get; init; }

    public required string Claim { get; init; }

    public string Cancel { get; } =
        $"""
        delete from timer where kind = @kind and "key" in (select value from {StoreSnapshot.KeysIn(Engine, "keys")})
        """;

    public string DueKeys { get; } =
        $"""
        select "key" from timer where kind = @kind and "key" in (select value from {StoreSnapshot.KeysIn(Engine, "keys")}) and due_at <= @now
        """;

    public string End { get; } = """delete from timer where kind = @Kind and "key" = @Key and due_at = @DueAt""";

    public string Defer { get; } =
        """
        update timer set claimed_until = @until, attempts = attempts + 1
        where kind = @Kind and "key" = @Key and due_at = @DueAt
        """;

    public string Reclaim { get; } = "update timer set claimed_until = null where claimed_until is not null";

    public string NextDue { get; } = """
        select min(first.due_at) as due_at from (
          select min(due_at) as due_at from timer where claimed_until is null
          union all
          select min(claimed_until) from timer where claimed_until is not null) as first
        """;

    public static TimerStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private const string Due = "due_at <= @now and (claimed_until is null or claimed_until <= @now)";

    private static readonly TimerStatements Sqlite = new(StoreEngines.Sqlite)
    {
        Upsert = """
            insert into timer (kind, key, due_at, payload) values (@kind, @key, @due_at, @payload)
            on conflict (kind, key) do update set
              due_at = excluded.due_at, payload = excluded.payload, claimed_until = null, attempts = 0
            """,
        FireBy = """
            insert into timer (kind, key, due_at, payload) values (@kind, @key, @due_at, @payload)
            on conflict (kind, key) do update set
              due_at = excluded.due_at, payload = excluded.payload, claimed_until = null, attempts = 0
            where timer.due_at > excluded.due_at or timer.due_at <= @now
            """,
        Claim = $"""
            update timer set claimed_until = @until
            where (kind, key) in (select kind, key from timer where {Due} order by due_at, kind, key limit @limit)
            returning kind, key, due_at, payload, attempts
            """,
    };

    // No MERGE, whose two halves another transaction can come between as well, with less to see of it. Here a timer that
    // appears in between is a duplicate key, and the write is run again.
    private static readonly TimerStatements SqlServer = new(StoreEngines.SqlServer)
    {
        Upsert = """
            update timer set due_at = r.due_at, payload = r.payload, claimed_until = null, attempts = 0
            from @rows r
            where r.kind = timer.kind and r."key" = timer."key";
            insert into timer (kind, "key", due_at, payload)
            select r.kind, r."key", r.due_at, r.payload from @rows r
            where not exists (select 1 from timer t where t.kind = r.kind and t."key" = r."key");
            """,
        FireBy = """
            update timer set due_at = r.due_at, payload = r.payload, claimed_until = null, attempts = 0
            from @rows r
            where r.kind = timer.kind and r."key" = timer."key" and (timer.due_at > r.due_at or timer.due_at <= @now);
            insert into timer (kind, "key", due_at, payload)
            select r.kind, r."key", r.due_at, r.payload from @rows r
            where not exists (select 1 from timer t where t.kind = r.kind and t."key" = r."key");
            """,
        Claim = $"""
            with due as (
              select top (@limit) * from timer with (updlock, readpast, rowlock)
              where {Due}
              order by due_at, kind, "key")
            update due set claimed_until = @until
            output inserted.kind, inserted."key", inserted.due_at, inserted.payload, inserted.attempts
            """,
    };
}
