using ReleaseIntegrity.Core;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>One record as stored.</summary>
internal sealed record RecordRow(string RecordKey, byte[] History, bool Retired, long Revision, RecordHistory Said)
{
    /// <summary>What is kept in memory of it.</summary>
    public Decoded Decoded => new(RecordKey, Revision, Said, History.Length);

    /// <summary>The row of a history.</summary>
    public static RecordRow Of(string recordKey, RecordHistory history, long revision) =>
        new(recordKey, StoredEvidence.BytesOf(history), RecordTables.IsRetired(history), revision, history);
}

/// <summary>How records are written, found and listed, per engine.</summary>
internal sealed record RecordStatements(string Engine)
{
    public static readonly RowShape<RecordRow> Row = RowShape.Of<RecordRow>("record_row")
        .Text("record_key", 32, r => r.RecordKey)
        .Bytes("history", r => r.History)
        .Flag("retired", r => r.Retired)
        .Long("revision", r => r.Revision);

    public required string Add { get; init; }

    public required string Update { get; init; }

    public required string Page { get; init; }

    /// <summary>The keys of records that have observations, whether or not the record has been derived.</summary>
    public required string ObservedPage { get; init; }

    public string Revisions { get; } =
        $"select record_key, revision from record where record_key in (select value from {StoreSnapshot.KeysIn(Engine, "records")})";

    public string Histories { get; } =
        $"select record_key, revision, history from record where record_key in (select value from {StoreSnapshot.KeysIn(Engine, "keys")})";

    public string History { get; } = "select history from record where record_key = @recordKey";

    /// <summary>The spelling of an engine.</summary>
    public static RecordStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private static readonly RecordStatements Sqlite = new(StoreEngines.Sqlite)
    {
        Add = """
            insert into record (record_key, history, retired, revision) values (@record_key, @history, @retired, @revision)
            on conflict do nothing
            """,
        Update = """
            update record set history = @history, retired = @retired, revision = @revision
            where record_key = @record_key and revision = @revision - 1
            """,
        Page = "select record_key from record where record_key > @after order by record_key limit @limit",
        ObservedPage = "select distinct record_key from observation where record_key > @after order by record_key limit @limit",
    };

    private static readonly RecordStatements SqlServer = new(StoreEngines.SqlServer)
    {
        Add = """
            insert into record (record_key, history, retired, revision)
            select r.record_key, r.history, r.retired, r.revision from @rows r
            where not exists (select 1 from record o where o.record_key = r.record_key)
            """,
        Update = """
            update record set history = r.history, retired = r.retired, revision = r.revision
            from @rows r
            where record.record_key = r.record_key and record.revision = r.revision - 1
            """,
        Page = "select top (@limit) record_key from record where record_key > @after order by record_key",
        ObservedPage = "select distinct top (@limit) record_key from observation where record_key > @after order by record_key",
    };
}
