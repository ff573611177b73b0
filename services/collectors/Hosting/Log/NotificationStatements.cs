using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Collectors.Hosting.Log;

/// <summary>The notification log's SQL, per engine.</summary>
internal sealed record NotificationStatements(string Engine)
{
    /// <summary>What became of a content, as a row.</summary>
    public static RowShape<ReadNotification> Readings { get; } = RowShape.Of<ReadNotification>("reading_row")
        .Long("notification_id", r => r.Kept.Id)
        .Long("revision", r => r.Kept.Revision)
        .Int("mapping_version", r => r.Result.MappingVersion)
        .Int("items", r => r.Result.Items.Count)
        .Int("rejected", r => r.Result.Items.Count(i => i.Outcome == NormaliseOutcome.Rejected))
        .Flag("failed", r => r.Result.Failed);

    /// <summary>An item's outcome and whose item it is, as a row.</summary>
    public static RowShape<(long NotificationId, OutcomeRow Item)> Items { get; } =
        RowShape.Of<(long NotificationId, OutcomeRow Item)>("item_row")
            .Long("notification_id", r => r.NotificationId)
            .Int("item_index", r => r.Item.Index)
            .Text("outcome", 20, r => WireNames.Of(r.Item.Outcome))
            .Text("reason", r => r.Item.Reason)
            .Text("pointer", r => r.Item.Pointer)
            .Text("instance", r => r.Item.Instance)
            .Text("target", r => r.Item.Target)
            .Text("content_sha256", 64, r => r.Item.ContentSha256);

    /// <summary>Inserts a content and returns its id; nothing where it is known already.</summary>
    public required string Insert { get; init; }

    public required string InsertDelivery { get; init; }

    /// <summary>A known content; on SQL Server it stays as it is until the transaction ends.</summary>
    public required string SelectKnown { get; init; }

    /// <summary>The next contents that wait and nobody has claimed, with the length of their bodies.</summary>
    public required string SelectWaiting { get; init; }

    /// <summary>Claims these and returns the same.</summary>
    public required string ClaimWaiting { get; init; }

    /// <summary>Ends contents; returns the ids of those that were still as they had been loaded.</summary>
    public required string MarkNormalised { get; init; }

    public required string InsertItems { get; init; }

    public required string SelectItems { get; init; }

    public string Redeliver { get; } =
        "update notification set deliveries = deliveries + 1 where notification_id = @NotificationId;";

    /// <summary>Keeps again what had been let go.</summary>
    public string Restore { get; } =
        "update notification set body = @Body, released_at = null where notification_id = @NotificationId;";

    public string ReadAnew { get; } =
        """
        update notification
        set headers = @headers, received_at = @ReceivedAt, state = 'kept', revision = revision + 1, claimed_until = null
        where notification_id = @NotificationId;
        """;

    /// <summary>The source instances that a content's observations are of; none before it was normalised.</summary>
    public string SelectInstances { get; } =
        "select distinct instance from item where notification_id = @NotificationId and outcome = 'observed' and instance is not null";

    /// <summary>When contents that came several times came last.</summary>
    public string SelectLastReceipts { get; } =
        $"""
        select notification_id, max(received_at) as received_at from delivery
        where notification_id in (select value from {StoreSnapshot.KeysIn(Engine, "ids")})
        group by notification_id
        having count(*) > 1
        """;

    public string CountWaiting { get; } = "select count(*) from notification where state = 'kept'";

    public string SelectKept { get; } =
        $"""
        select notification_id, revision, format, variant, body, headers, instance, received_at, mapping_version, failed
        from notification
        where state = 'kept' and notification_id in (select value from {StoreSnapshot.KeysIn(Engine, "ids")})
        order by notification_id
        """;

    public string DeleteItems { get; } =
        $"delete from item where notification_id in (select value from {StoreSnapshot.KeysIn(Engine, "ids")})";

    public string RequeueUnusable { get; } =
        """
        update notification set state = 'kept', revision = revision + 1, claimed_until = null
        where state = 'normalised' and rejected > 0 and format = @format
          and (failed = 1 or mapping_version < @mappingVersion)
          and exists (
            select 1 from item i
            left join dropped_item d on d.notification_id = i.notification_id and d.item_index = i.item_index
            where i.notification_id = notification.notification_id and i.outcome = 'rejected' and d.notification_id is null)
        """;

    public string SelectDelivery { get; } =
        """
        select d.delivery_id, d.received_at, n.notification_id, n.sha256, n.format, n.state, n.deliveries, n.items,
               n.failed, n.released_at, (select min(f.delivery_id) from delivery f where f.notification_id = n.notification_id) as first_delivery_id
        from delivery d join notification n on n.notification_id = d.notification_id
        where d.delivery_id = @id
        """;

    public string CountItems { get; } = "select outcome, count(*) as items from item group by outcome";

    public string CountDropped { get; } =
        """
        select count(*) from dropped_item d join item i on i.notification_id = d.notification_id and i.item_index = d.item_index
        where i.outcome = 'rejected'
        """;

    public string CountUnpublished { get; } = "select count(*) from outbox";

    public string CountNotifications { get; } =
        """
        select count(*) as contents, coalesce(sum(deliveries), 0) as notifications,
               coalesce(sum(case when state = 'kept' then 1 else 0 end), 0) as waiting,
               coalesce(sum(deliveries * items), 0) as items,
               coalesce(sum((deliveries - 1) * items), 0) as duplicates
        from notification
        """;

    public static NotificationStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private const string Claimable =
        "state = 'kept' and notification_id > @after and (claimed_until is null or claimed_until <= @now)";

    private const string ItemsAfter = """
        select n.notification_id, n.sha256, n.format, i.item_index, i.outcome, i.reason, i.pointer
        from item i join notification n on n.notification_id = i.notification_id
        where (@outcome is null or i.outcome = @outcome)
          and (@id is null or i.notification_id = @id)
          and i.notification_id >= @afterId and (i.notification_id > @afterId or i.item_index > @afterIndex)
        order by i.notification_id, i.item_index
        """;

    private static readonly NotificationStatements Sqlite = new(StoreEngines.Sqlite)
    {
        Insert = """
            insert into notification (
              sha256, format, variant, body, headers, instance, received_at, deliveries, revision, state)
            values (@sha256, @Format, @variant, @Body, @headers, @Instance, @ReceivedAt, 1, 1, 'kept')
            on conflict (sha256, format, variant) do nothing
            returning notification_id
            """,
        InsertDelivery = """
            insert into delivery (notification_id, received_at) values (@id, @ReceivedAt)
            returning delivery_id
            """,
        SelectKnown = """
            select notification_id, received_at, headers, state, released_at from notification
            where sha256 = @sha256 and format = @Format and variant = @variant
            """,
        SelectWaiting = $"""
            select notification_id, length(body) as bytes from notification
            where {Claimable}
            order by notification_id
            limit @limit
            """,
        ClaimWaiting = $"""
            update notification set claimed_until = @until
            where notification_id in (
              select notification_id from notification where {Claimable} order by notification_id limit @limit)
            returning notification_id, length(body) as bytes
            """,
        MarkNormalised = """
            update notification
            set state = 'normalised', mapping_version = @mapping_version, items = @items, rejected = @rejected, failed = @failed,
                claimed_until = null
            where notification_id = @notification_id and revision = @revision and state = 'kept'
            returning notification_id
            """,
        InsertItems = """
            insert into item (notification_id, item_index, outcome, reason, pointer, instance, target, content_sha256)
            values (@notification_id, @item_index, @outcome, @reason, @pointer, @instance, @target, @content_sha256)
            """,
        SelectItems = $"{ItemsAfter} limit @limit",
    };

    private const string SameContent = """
        sha256 = @sha256 and format = @Format
          and variant_hash = cast(hashbytes('SHA2_256', cast(@variant as nvarchar(max))) as binary(32))
        """;

    // A content that two processes receive at once: one of the inserts breaks the unique key, the write is run again, and
    // finds the other.
    private static readonly NotificationStatements SqlServer = new(StoreEngines.SqlServer)
    {
        Insert = $"""
            insert into notification (
              sha256, format, variant, body, headers, instance, received_at, deliveries, revision, state)
            output inserted.notification_id
            select @sha256, @Format, @variant, @Body, @headers, @Instance, @ReceivedAt, 1, 1, 'kept'
            where not exists (select 1 from notification where {SameContent})
            """,
        InsertDelivery = """
            insert into delivery (notification_id, received_at)
            output inserted.delivery_id
            values (@id, @ReceivedAt)
            """,
        SelectKnown = $"""
            select notification_id, received_at, headers, state, released_at from notification with (updlock, rowlock)
            where {SameContent}
            """,
        SelectWaiting = $"""
            select top (@limit) notification_id, datalength(body) as bytes from notification
            where {Claimable}
            order by notification_id
            """,
        ClaimWaiting = $"""
            with waiting as (
              select top (@limit) notification_id, body, claimed_until
              from notification with (updlock, readpast, rowlock)
              where {Claimable}
              order by notification_id)
            update waiting set claimed_until = @until
            output inserted.notification_id, datalength(inserted.body) as bytes
            """,
        MarkNormalised = """
            update notification
            set state = 'normalised', mapping_version = r.mapping_version, items = r.items, rejected = r.rejected, failed = r.failed,
                claimed_until = null
            output inserted.notification_id
            from @rows r
            where r.notification_id = notification.notification_id and r.revision = notification.revision
              and notification.state = 'kept'
            """,
        InsertItems = """
            insert into item (notification_id, item_index, outcome, reason, pointer, instance, target, content_sha256)
            select r.notification_id, r.item_index, r.outcome, r.reason, r.pointer, r.instance, r.target, r.content_sha256 from @rows r
            """,
        SelectItems = $"{ItemsAfter} offset 0 rows fetch next @limit rows only option (recompile)",
    };
}
