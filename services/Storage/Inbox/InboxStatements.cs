namespace ReleaseIntegrity.Storage;

/// <summary>The inbox's SQL, per engine. On SQL Server a race shows as a duplicate key, and the write is run again.</summary>
internal sealed record InboxStatements(string Engine)
{
    public static RowShape<Guid> Ids { get; } = RowShape.Of<Guid>("id_list").Id("value", id => id);

    /// <summary>Inserts ids; returns those that were not there.</summary>
    public required string Record { get; init; }

    public string Purge { get; } = "delete from inbox where consumer = @Consumer and processed_at < @before";

    public string Probe { get; } = "delete from inbox where consumer = ''";

    public static InboxStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private static readonly InboxStatements Sqlite = new(StoreEngines.Sqlite)
    {
        Record = """
            insert into inbox (consumer, message_id, processed_at) values (@consumer, @value, @now)
            on conflict (consumer, message_id) do nothing
            returning message_id
            """,
    };

    private static readonly InboxStatements SqlServer = new(StoreEngines.SqlServer)
    {
        Record = """
            insert into inbox (consumer, message_id, processed_at)
            output inserted.message_id
            select @consumer, r.value, @now from @rows r
            where not exists (select 1 from inbox i where i.consumer = @consumer and i.message_id = r.value)
            """,
    };
}
