namespace ReleaseIntegrity.Collectors.Hosting.Log;

/// <summary>The notification log's SQL, per engine.</summary>
internal sealed record NotificationStatements
{
    public required string Insert { get; init; }

    public required string InsertDelivery { get; init; }

    public required string SelectWaiting { get; init; }

    public required string SelectItems { get; init; }

    public string SelectKnown { get; } =
        """
        select notification_id, received_at, headers, state from notification
        where sha256 = @sha256 and format = @Format and variant = @variant
        """;

    public string Redeliver { get; } =
        "update notification set deliveries = deliveries + 1 where notification_id = @NotificationId;";

    public string ReadAnew { get; } =
        """
        update notification
        set headers = @headers, received_at = @ReceivedAt, state = 'kept', revision = revision + 1
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
        set state = 'normalised', mapping_version = @MappingVersion, items = @Items, rejected = @Rejected, failed = @Failed
        where notification_id = @Id and revision = @Revision and state = 'kept'
        """;

    public string InsertItem { get; } =
        """
        insert into item (notification_id, item_index, outcome, reason, pointer, instance, target)
        values (@Id, @Index, @Outcome, @Reason, @Pointer, @Instance, @Target)
        """;

    public string RequeueUnusable { get; } =
        """
        update notification set state = 'kept', revision = revision + 1
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

    public static NotificationStatements For(string engine) => engine switch
    {
        "sqlite" => Sqlite,
        _ => throw new NotSupportedException($"the notification log has no statements for the engine '{engine}'"),
    };

    private static readonly NotificationStatements Sqlite = new()
    {
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
        SelectWaiting = """
            select notification_id from notification
            where state = 'kept' and notification_id > @after
            order by notification_id
            limit @limit
            """,
        SelectItems = """
            select n.notification_id, n.sha256, n.format, i.item_index, i.outcome, i.reason, i.pointer
            from item i join notification n on n.notification_id = i.notification_id
            where (@outcome is null or i.outcome = @outcome)
              and (@id is null or i.notification_id = @id)
              and (i.notification_id, i.item_index) > (@afterId, @afterIndex)
            order by i.notification_id, i.item_index
            limit @limit
            """,
    };
}
