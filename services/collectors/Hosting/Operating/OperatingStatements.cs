using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Collectors.Hosting.Operating;

/// <summary>What operators ask of the notification log and do to it, per engine.</summary>
internal sealed record OperatingStatements(string Engine)
{
    private const string Rejected = """
        from item i join notification n on n.notification_id = i.notification_id
        left join dropped_item d on d.notification_id = i.notification_id and d.item_index = i.item_index
        where i.outcome = 'rejected'
        """;

    private const string Chosen = """
        (@id is null or (i.notification_id = @id and i.item_index = @index)) and (@reason is null or i.reason = @reason)
        """;

    private const string RejectedAfter = $"""
        select n.notification_id, n.sha256, n.format, n.received_at, n.failed, i.item_index, i.reason, i.pointer,
               d.reason as drop_reason, d.dropped_at
        {Rejected} and {Chosen}
          and (@dropped is null or (@dropped = 1 and d.notification_id is not null) or (@dropped = 0 and d.notification_id is null))
          and i.notification_id >= @afterId and (i.notification_id > @afterId or i.item_index > @afterIndex)
        order by i.notification_id, i.item_index
        """;

    private const string ByReason = $"select i.reason, n.format, count(*) as items {Rejected} and d.notification_id is null group by i.reason, n.format";

    private const string Received = """
        from notification
        where notification_id > @after and received_at >= @since and received_at < @until and state = 'normalised'
        order by notification_id
        """;

    /// <summary>Rejected items, of one id or reason or all, dropped or not or either.</summary>
    public required string SelectRejected { get; init; }

    /// <summary>How many wait, by reason and format.</summary>
    public required string SelectReasons { get; init; }

    /// <summary>Ids of normalised contents that were received within a time.</summary>
    public required string SelectReceived { get; init; }

    public string SelectContents { get; } =
        $"""
        select notification_id, revision, sha256, format, variant, body, headers, instance, received_at, mapping_version, failed, released_at
        from notification
        where notification_id in (select value from {StoreSnapshot.KeysIn(Engine, "ids")})
        order by notification_id
        """;

    public string SelectItems { get; } =
        $"""
        select notification_id, item_index, outcome, reason, pointer, content_sha256
        from item
        where notification_id in (select value from {StoreSnapshot.KeysIn(Engine, "ids")})
        order by notification_id, item_index
        """;

    /// <summary>Has contents read again that a choice of rejected items names, unless all of these were dropped.</summary>
    public string RenormaliseChosen { get; } =
        $"""
        update notification set state = 'kept', revision = revision + 1, claimed_until = null
        where state = 'normalised' and rejected > 0 and notification_id in (
          select i.notification_id from item i
          left join dropped_item d on d.notification_id = i.notification_id and d.item_index = i.item_index
          where i.outcome = 'rejected' and d.notification_id is null and {Chosen})
        """;

    /// <summary>Has contents read again, whatever became of them, where there is still something to read.</summary>
    public string RenormaliseContents { get; } =
        $"""
        update notification set state = 'kept', revision = revision + 1, claimed_until = null
        where state = 'normalised' and released_at is null and notification_id in (select value from {StoreSnapshot.KeysIn(Engine, "ids")})
        """;

    public string Drop { get; } =
        $"""
        insert into dropped_item (notification_id, item_index, reason, dropped_at)
        select i.notification_id, i.item_index, @why, @now from item i
        where i.outcome = 'rejected' and {Chosen} and not exists (
          select 1 from dropped_item d where d.notification_id = i.notification_id and d.item_index = i.item_index)
        """;

    public string Undrop { get; } = "delete from dropped_item where notification_id = @id and item_index = @index";

    public static OperatingStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private static readonly OperatingStatements Sqlite = new(StoreEngines.Sqlite)
    {
        SelectRejected = $"{RejectedAfter} limit @limit",
        SelectReasons = $"{ByReason} order by items desc, i.reason limit @limit",
        SelectReceived = $"select notification_id {Received} limit @limit",
    };

    private static readonly OperatingStatements SqlServer = new(StoreEngines.SqlServer)
    {
        SelectRejected = $"{RejectedAfter} offset 0 rows fetch next @limit rows only option (recompile)",
        SelectReasons = $"{ByReason} order by items desc, i.reason offset 0 rows fetch next @limit rows only",
        SelectReceived = $"select notification_id {Received} offset 0 rows fetch next @limit rows only",
    };
}
