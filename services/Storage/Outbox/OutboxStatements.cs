namespace ReleaseIntegrity.Storage;

/// <summary>The outbox's SQL, per engine.</summary>
internal sealed record OutboxStatements(string Engine)
{
    /// <summary>A message and its number in the batch; a store writes them in that order.</summary>
    public static RowShape<(OutboxMessage Message, int Number)> Rows { get; } = RowShape.Of<(OutboxMessage Message, int Number)>("outbox_row")
        .Int("number", row => row.Number)
        .Id("message_id", row => row.Message.Id)
        .Text("type", 200, row => row.Message.Type)
        .Bytes("payload", row => row.Message.Payload)
        .Text("destination", 200, row => row.Message.Destination)
        .Text("order_key", 200, row => row.Message.OrderKey);

    public required string Insert { get; init; }

    public required string AnyDue { get; init; }

    public required string ClaimResend { get; init; }

    public required string ClaimDue { get; init; }

    public string Defer { get; } =
        $"update outbox set due_at = @dueAt, attempts = attempts + 1 where position in (select value from {Keys(Engine)})";

    public string MarkPublished { get; } =
        $"update outbox set published = 1, due_at = @dueAt where position in (select value from {Keys(Engine)})";

    public string Delete { get; } = $"delete from outbox where position in (select value from {Keys(Engine)})";

    public string DeleteByIds { get; } = $"delete from outbox where message_id in (select value from {Keys(Engine)})";

    public string Reclaim { get; } = "update outbox set published = 0, due_at = @now where due_at > @now or published = 1";

    public string Backlog { get; } =
        "select count(*) as messages, min(created_at) as oldest_created_at from outbox";

    public static OutboxStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    // A message waits for earlier ones of its key that are not published yet and can not be claimed now: those claimed
    // by another process, and those that wait for their next attempt. Earlier ones that are due are claimed with it.
    private const string Waits = """
        exists (
            select 1 from outbox e
            where e.order_key = o.order_key and e.position < o.position and e.published = 0 and e.due_at > @now)
        """;

    private const string Due = $"o.published = 0 and o.due_at <= @now and not {Waits}";

    private const string Unconfirmed = "(select count(*) from outbox where published = 1)";

    private static readonly OutboxStatements Sqlite = new(StoreEngines.Sqlite)
    {
        Insert = """
            insert into outbox (
              message_id, type, payload, destination, order_key, created_at, due_at)
            values (@message_id, @type, @payload, @destination, @order_key, @now, @now)
            on conflict (message_id) do nothing
            """,
        AnyDue = $"""
            select exists (select 1 from outbox where published = 1 and due_at <= @now)
                or (@unconfirmed > {Unconfirmed} and exists (select 1 from outbox o where {Due}))
            """,
        ClaimResend = $"""
            update outbox set due_at = @until
            where position in (
              select position from outbox where published = 1 and due_at <= @now order by position limit @limit)
            returning {Columns("")}
            """,
        ClaimDue = $"""
            update outbox set due_at = @until
            where position in (
              select o.position from outbox o where {Due}
              order by o.position
              limit max(0, min(@limit, @unconfirmed - {Unconfirmed})))
            returning {Columns("")}
            """,
    };

    // Locked rows are passed over, so that replicas claim side by side. What such a row will be is not known yet, so
    // afterwards a message is given back whose key has an earlier one that is neither published nor claimed here: the
    // committed versions tell, whatever another replica is doing to it now.
    private const string Claimable = "with (updlock, readpast, rowlock)";

    private static readonly OutboxStatements SqlServer = new(StoreEngines.SqlServer)
    {
        Insert = """
            insert into outbox (
              message_id, type, payload, destination, order_key, created_at, due_at)
            select r.message_id, r.type, r.payload, r.destination, r.order_key, @now, @now
            from @rows r
            where not exists (select 1 from outbox o where o.message_id = r.message_id)
            order by r.number
            """,
        AnyDue = $"""
            select case
              when exists (select 1 from outbox where published = 1 and due_at <= @now) then 1
              when @unconfirmed > {Unconfirmed} and exists (select 1 from outbox o where {Due}) then 1
              else 0 end
            """,
        ClaimResend = $"""
            with due as (
              select top (@limit) * from outbox {Claimable}
              where published = 1 and due_at <= @now
              order by position)
            update due set due_at = @until
            output {Columns("inserted.")}
            """,
        ClaimDue = $"""
            declare @room int = @unconfirmed - {Unconfirmed};
            set @room = case when @room < 0 then 0 when @room > @limit then @limit else @room end;
            declare @claimed table (position bigint not null primary key);
            declare @returned table (position bigint not null primary key);
            with due as (
              select top (@room) o.position, o.due_at from outbox o {Claimable}
              where {Due}
              order by o.position)
            update due set due_at = @until
            output inserted.position into @claimed;
            update outbox set due_at = @now
            output inserted.position into @returned
            where position in (
              select c.position from @claimed c join outbox o on o.position = c.position
              where exists (
                select 1 from outbox e
                where e.order_key = o.order_key and e.position < o.position and e.published = 0
                  and not exists (select 1 from @claimed k where k.position = e.position)));
            select {Columns("o.")}
            from @claimed c join outbox o on o.position = c.position
            where not exists (select 1 from @returned r where r.position = c.position);
            """,
    };

    private static string Keys(string engine) => StoreSnapshot.KeysIn(engine, "keys");

    private static string Columns(string of) =>
        $"{of}position, {of}message_id, {of}type, {of}payload, {of}destination, {of}order_key, {of}attempts";
}
