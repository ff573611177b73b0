using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Collectors.Hosting.Log;

/// <summary>The notification log's SQL, per engine.</summary>
internal sealed record NotificationStatements
{
    /// <summary>One item's outcome.</summary>
    public static RowShape<OutcomeRow> Items { get; } = RowShape.Of<OutcomeRow>("item_row")
        .Int("item_index", i => i.Index)
        .Text("outcome", 20, i => WireNames.Of(i.Outcome))
        .Text("reason", i => i.Reason)
        .Text("pointer", i => i.Pointer)
        .Text("instance", i => i.Instance)
        .Text("target", i => i.Target);

    public required string SelectKnown { get; init; }

    public required string Insert { get; init; }

    public required string InsertDelivery { get; init; }

    public required string SelectWaiting { get; init; }

    public required string ClaimWaiting { get; init; }

    public required string InsertItems { get; init; }

    public required string SelectItems { get; init; }

    public string Redeliver { get; } =
        "update notification set deliveries = deliveries + 1 where notification_id = @NotificationId;";

    public string ReadAnew { get; } =
        """
        update notification
        set headers = @headers, received_at = @ReceivedAt, state = 'kept', revision = revision + 1, claimed_until = null
        where notification_id = @NotificationId;
        """;

    public string CountWaiting { get; } = "select count(*) from notification where state = 'kept'";

    public string Select { get; } =
        """
        select notification_id, revision, format, variant, body, headers, instance, received_at
        from notification where notification_id = @id
        """;

    public string MarkNormalised { get; } =
        """
        update notification
        set state = 'normalised', mapping_version = @MappingVersion, items = @Items, rejected = @Rejected, failed = @Failed,
            claimed_until = null
        where notification_id = @Id and revision = @Revision and state = 'kept'
        """;

    public string DeleteItems { get; } = "delete from item where notification_id = @Id";

    public string RequeueUnusable { get; } =
        """
        update notification set state = 'kept', revision = revision + 1, claimed_until = null
        where state = 'normalised' and rejected > 0 and format = @format
          and (failed = 1 or mapping_version < @mappingVersion)
        """;

    public string SelectDelivery { get; } =
        """
        select d.delivery_id, d.received_at, n.notification_id, n.sha256, n.format, n.state, n.deliveries, n.items,
               n.failed, (select min(f.delivery_id) from delivery f where f.notification_id = n.notification_id) as first_delivery_id
        from delivery d join notification n on n.notification_id = d.notification_id
        where d.delivery_id = @id
        """;

    public string CountItems { get; } = "select outcome, count(*) as items from item group by outcome";

    public string CountNotifications { get; } =
        """
        select count(*) as contents, coalesce(sum(deliveries), 0) as notifications,
               coalesce(sum(case when state = 'kept' then 1 else 0 end), 0) as waiting,
               coalesce(sum(deliveries * items), 0) as items,
               coalesce(sum((deliveries - 1) * items), 0) as duplicates
        from notification
        """;

    public static NotificationStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private const string Claimable = "state = 'kept' and notification_id > @after and (claimed_until is null or claimed_until <= @now)";

    private const string ItemsAfter = """
        select n.notification_id, n.sha256, n.format, i.item_index, i.outcome, i.reason, i.pointer
        from item i join notification n on n.notification_id = i.notification_id
        where (@outcome is null or i.outcome = @outcome)
          and (@id is null or i.notification_id = @id)
          and i.notification_id >= @afterId and (i.notification_id > @afterId or i.item_index > @afterIndex)
        order by i.notification_id, i.item_index
        """;

    private static readonly NotificationStatements Sqlite = new()
    {
        SelectKnown = """
            select notification_id, received_at, headers, state from notification
            where sha256 = @sha256 and format = @Format and variant = @variant
            """,
        Insert = """
            insert into notification (
              sha256, format, variant, body, headers, instance, received_at, deliveries, revision, state)
            values (@sha256, @Format, @variant, @Body, @headers, @Instance, @ReceivedAt, 1, 1, 'kept')
            returning notification_id
            """,
        InsertDelivery = """
            insert into delivery (notification_id, received_at) values (@id, @ReceivedAt)
            returning delivery_id
            """,
        SelectWaiting = $"select notification_id from notification where {Claimable} order by notification_id limit @limit",
        ClaimWaiting = $"""
            update notification set claimed_until = @until
            where notification_id in (
              select notification_id from notification where {Claimable} order by notification_id limit @limit)
            returning notification_id
            """,
        InsertItems = """
            insert into item (notification_id, item_index, outcome, reason, pointer, instance, target)
            values (@id, @item_index, @outcome, @reason, @pointer, @instance, @target)
            """,
        SelectItems = $"{ItemsAfter} limit @limit",
    };

    // A content that is delivered twice at once: one insert fails on the unique key, the write is run again, and its look
    // then finds the other. That look locks the row, so that two of them do not both decide by what was there before.
    private static readonly NotificationStatements SqlServer = new()
    {
        SelectKnown = """
            select notification_id, received_at, headers, state from notification with (updlock, rowlock)
            where sha256 = @sha256 and format = @Format
              and variant_hash = cast(hashbytes('SHA2_256', cast(@variant as nvarchar(max))) as binary(32))
            """,
        Insert = """
            insert into notification (
              sha256, format, variant, body, headers, instance, received_at, deliveries, revision, state)
            output inserted.notification_id
            values (@sha256, @Format, @variant, @Body, @headers, @Instance, @ReceivedAt, 1, 1, 'kept')
            """,
        InsertDelivery = """
            insert into delivery (notification_id, received_at)
            output inserted.delivery_id
            values (@id, @ReceivedAt)
            """,
        SelectWaiting = $"select top (@limit) notification_id from notification where {Claimable} order by notification_id",
        ClaimWaiting = $"""
            with waiting as (
              select top (@limit) notification_id, claimed_until
              from notification with (readcommittedlock, updlock, readpast, rowlock)
              where {Claimable}
              order by notification_id)
            update waiting set claimed_until = @until
            output inserted.notification_id
            """,
        InsertItems = """
            insert into item (notification_id, item_index, outcome, reason, pointer, instance, target)
            select @id, r.item_index, r.outcome, r.reason, r.pointer, r.instance, r.target from @rows r
            """,
        SelectItems = $"{ItemsAfter} offset 0 rows fetch next @limit rows only option (recompile)",
    };
}
