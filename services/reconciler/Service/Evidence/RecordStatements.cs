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

/// <summary>How records are written and listed, per engine.</summary>
internal sealed record RecordStatements(string Add, string Update, string Page, string ObservedPage)
{
    public static readonly RowShape<RecordRow> Row = RowShape.Of<RecordRow>("record_row")
        .Text("record_key", 32, r => r.RecordKey)
        .Bytes("history", r => r.History)
        .Flag("retired", r => r.Retired)
        .Long("revision", r => r.Revision);

    /// <summary>The spelling of an engine.</summary>
    public static RecordStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private static readonly RecordStatements Sqlite = new(
        Add: """
            insert into record (record_key, history, retired, revision) values (@record_key, @history, @retired, @revision)
            on conflict do nothing
            """,
        Update: """
            update record set history = @history, retired = @retired, revision = @revision
            where record_key = @record_key and revision = @revision - 1
            """,
        Page: "select record_key from record where record_key > @after order by record_key limit @limit",
        ObservedPage: "select distinct record_key from observation where record_key > @after order by record_key limit @limit");

    private static readonly RecordStatements SqlServer = new(
        Add: """
            insert into record (record_key, history, retired, revision)
            select r.record_key, r.history, r.retired, r.revision from @rows r
            where not exists (select 1 from record o where o.record_key = r.record_key)
            """,
        Update: """
            update record set history = r.history, retired = r.retired, revision = r.revision
            from @rows r
            where record.record_key = r.record_key and record.revision = r.revision - 1
            """,
        Page: "select top (@limit) record_key from record where record_key > @after order by record_key",
        ObservedPage: "select distinct top (@limit) record_key from observation where record_key > @after order by record_key");
}
