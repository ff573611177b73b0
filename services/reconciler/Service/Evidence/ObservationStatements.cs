using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>How observations are found and written, per engine.</summary>
internal sealed record ObservationStatements(string Engine)
{
    public static readonly RowShape<Delivery> Item = RowShape.Of<Delivery>("item_row")
        .Text("notification_sha256", 64, d => d.Lineage.NotificationSha256)
        .Text("record_key", 32, d => d.RecordKey)
        .Text("format", 64, d => d.Lineage.Format)
        .Int("item_index", d => d.Lineage.ItemIndex);

    public static readonly RowShape<Delivery> Row = RowShape.Of<Delivery>("observation_row")
        .Text("notification_sha256", 64, d => d.Lineage.NotificationSha256)
        .Text("record_key", 32, d => d.RecordKey)
        .Text("format", 64, d => d.Lineage.Format)
        .Int("item_index", d => d.Lineage.ItemIndex)
        .Text("observation_id", 32, d => d.Id)
        .Int("mapping_version", d => d.Lineage.MappingVersion)
        .Instant("extracted_at", d => d.ExtractedAt)
        .Long("deliveries", d => d.Count)
        .Bytes("body", d => d.Body);

    public static readonly RowShape<Delivery> Repeated = RowShape.Of<Delivery>("delivery_row")
        .Text("notification_sha256", 64, d => d.Lineage.NotificationSha256)
        .Text("record_key", 32, d => d.RecordKey)
        .Text("format", 64, d => d.Lineage.Format)
        .Int("item_index", d => d.Lineage.ItemIndex)
        .Text("observation_id", 32, d => d.Id)
        .Instant("extracted_at", d => d.ExtractedAt)
        .Long("deliveries", d => d.Count);

    /// <summary>What is known of the same items.</summary>
    public required string Known { get; init; }

    public required string Add { get; init; }

    public required string Repeat { get; init; }

    public string OfRecords { get; } = $"""
        select record_key, notification_sha256, format, item_index, extracted_at, deliveries, body
        from observation where record_key in (select value from {StoreSnapshot.KeysIn(Engine, "records")})
        """;

    public string RecordsOfNotification { get; } =
        "select distinct record_key from observation where notification_sha256 = @notificationSha256";

    /// <summary>Which items of notifications have been read by which mapping, and to which record they belong.</summary>
    public string ItemsOfNotifications { get; } = $"""
        select notification_sha256, record_key, format, item_index, mapping_version
        from observation where notification_sha256 in (select value from {StoreSnapshot.KeysIn(Engine, "notifications")})
        """;

    /// <summary>The spelling of an engine.</summary>
    public static ObservationStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private static readonly ObservationStatements Sqlite = new(StoreEngines.Sqlite)
    {
        Known = """
            select notification_sha256, record_key, format, item_index, observation_id, extracted_at from observation
            where notification_sha256 = @notification_sha256 and record_key = @record_key and format = @format
              and item_index = @item_index
            """,
        Add = """
            insert into observation (
              notification_sha256, record_key, format, item_index, observation_id, mapping_version, extracted_at, deliveries, body)
            values (
              @notification_sha256, @record_key, @format, @item_index, @observation_id, @mapping_version, @extracted_at,
              @deliveries, @body)
            """,
        Repeat = """
            update observation set deliveries = deliveries + @deliveries, extracted_at = @extracted_at
            where notification_sha256 = @notification_sha256 and record_key = @record_key and format = @format
              and item_index = @item_index and observation_id = @observation_id
            """,
    };

    private static readonly ObservationStatements SqlServer = new(StoreEngines.SqlServer)
    {
        Known = """
            select o.notification_sha256, o.record_key, o.format, o.item_index, o.observation_id, o.extracted_at
            from @rows r
            join observation o on o.notification_sha256 = r.notification_sha256 and o.record_key = r.record_key
              and o.format = r.format and o.item_index = r.item_index
            """,
        Add = """
            insert into observation (
              notification_sha256, record_key, format, item_index, observation_id, mapping_version, extracted_at, deliveries, body)
            select
              r.notification_sha256, r.record_key, r.format, r.item_index, r.observation_id, r.mapping_version, r.extracted_at,
              r.deliveries, r.body
            from @rows r
            """,
        Repeat = """
            update observation set deliveries = observation.deliveries + r.deliveries, extracted_at = r.extracted_at
            from @rows r
            where observation.notification_sha256 = r.notification_sha256 and observation.record_key = r.record_key
              and observation.format = r.format and observation.item_index = r.item_index
              and observation.observation_id = r.observation_id
            """,
    };
}
