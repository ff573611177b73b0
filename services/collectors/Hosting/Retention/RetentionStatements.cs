using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Collectors.Hosting.Retention;

/// <summary>The retention's SQL, per engine.</summary>
internal sealed record RetentionStatements(string Engine)
{
    // What was received in several ways has one address, so that the reconciler can't tell them apart: it is kept. So is what
    // waits to be read again, and what has a rejected item.
    private const string Whole = """
        from notification
        where state = 'normalised' and rejected = 0 and released_at is null
          and notification_id > @after and (@any = 1 or received_at < @before)
          and not exists (
            select 1 from notification other
            where other.sha256 = notification.sha256 and other.notification_id <> notification.notification_id)
        order by notification_id
        """;

    private const string Columns = """
        notification_id, revision, sha256, format, received_at, mapping_version, body_bytes,
          (select count(*) from item i where i.notification_id = notification.notification_id and i.outcome = 'observed') as observed
        """;

    /// <summary>Contents that are kept whole and may be let go, oldest first.</summary>
    public required string SelectWhole { get; init; }

    public string SumBytes { get; } = "select coalesce(sum(body_bytes), 0) from notification";

    /// <summary>Lets the body go, unless the content has changed since it was looked at.</summary>
    public string Release { get; } =
        """
        update notification set body = @none, released_at = @now
        where notification_id = @NotificationId and revision = @Revision and state = 'normalised'
        """;

    public static RetentionStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private static readonly RetentionStatements Sqlite = new(StoreEngines.Sqlite)
    {
        SelectWhole = $"select {Columns} {Whole} limit @limit",
    };

    private static readonly RetentionStatements SqlServer = new(StoreEngines.SqlServer)
    {
        SelectWhole = $"select {Columns} {Whole} offset 0 rows fetch next @limit rows only",
    };
}
