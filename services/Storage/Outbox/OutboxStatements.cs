namespace ReleaseIntegrity.Storage;

/// <summary>The outbox's SQL, per engine.</summary>
internal sealed record OutboxStatements
{
    public required string Insert { get; init; }

    public required string AnyDue { get; init; }

    public required string SelectResend { get; init; }

    public required string SelectDue { get; init; }

    public string Defer { get; } =
        "update outbox set due_at = @dueAt, attempts = attempts + @attempt where position = @Position";

    public string MarkPublished { get; } =
        "update outbox set published = 1, due_at = @dueAt where position = @Position";

    public string Delete { get; } = "delete from outbox where position = @Position";

    public string DeleteByIds { get; } = "delete from outbox where message_id in @ids";

    public string Reclaim { get; } = "update outbox set published = 0, due_at = @now where due_at > @now or published = 1";

    public string Backlog { get; } =
        "select count(*) as messages, min(created_at) as oldest_created_at from outbox";

    public static OutboxStatements For(string engine) => engine switch
    {
        "sqlite" => Sqlite,
        _ => throw new NotSupportedException($"the outbox has no statements for the engine '{engine}'"),
    };

    private const string SqliteColumns =
        "o.position, o.message_id, o.type, o.payload, o.destination, o.order_key, o.attempts";

    private const string SqliteResend = "from outbox o where o.published = 1 and o.due_at <= @now";

    // A message waits for earlier ones of its key that are not published yet and can not be claimed now: those claimed
    // by another process, and those that wait for their next attempt. Earlier ones that are due are claimed with it.
    private const string SqliteDue = """
        from outbox o
        where o.published = 0 and o.due_at <= @now
          and not exists (
            select 1 from outbox e
            where e.order_key = o.order_key and e.position < o.position and e.published = 0 and e.due_at > @now)
        """;

    private const string SqliteRoom = "@unconfirmed - (select count(*) from outbox where published = 1)";

    private static readonly OutboxStatements Sqlite = new()
    {
        Insert = """
            insert into outbox (
              message_id, type, payload, destination, order_key, created_at, due_at)
            values (@Id, @Type, @Payload, @Destination, @OrderKey, @now, @now)
            on conflict (message_id) do nothing
            """,
        AnyDue = $"""
            select exists (select 1 {SqliteResend})
                or ({SqliteRoom} > 0 and exists (select 1 {SqliteDue}))
            """,
        SelectResend = $"select {SqliteColumns} {SqliteResend} order by o.position limit @limit",
        SelectDue = $"""
            select {SqliteColumns} {SqliteDue}
            order by o.position
            limit max(0, min(@limit, {SqliteRoom}))
            """,
    };
}
