using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Store;

/// <summary>The SQL of past ledgers and of the timeline, per engine.</summary>
internal sealed record HistoryStatements(string Engine)
{
    private const string From = "from ledger_history l join tuple t on t.tuple_no = l.tuple_no where t.tuple_id = @tupleId";

    private const string Columns = "l.tuple_no, t.tuple_id, l.revision, l.sha256, l.content, l.recorded_at";

    public required string InsertHistory { get; init; }

    /// <summary>Widens the ledgers that show a statement.</summary>
    public required string WidenTimeline { get; init; }

    /// <summary>The hashes of ledgers of some tuples with some revisions.</summary>
    public string Kept { get; } =
        $"""
        select tuple_no, revision, sha256 from ledger_history
        where tuple_no in (select value from {StoreSnapshot.KeysIn(Engine, "numbers")})
        and revision in (select value from {StoreSnapshot.KeysIn(Engine, "revisions")})
        """;

    /// <summary>The ledgers of a tuple after a revision, in their order.</summary>
    public string Later { get; } =
        "select tuple_no, revision, sha256, content, recorded_at from ledger_history where tuple_no = @tupleNo and revision > @after order by revision";

    /// <summary>The ledger with a revision.</summary>
    public string Revision { get; } = $"select {Columns} {From} and l.revision = @revision";

    /// <summary>Ledgers by their revisions.</summary>
    public string Revisions { get; } =
        $"select {Columns} {From} and l.revision in (select value from {StoreSnapshot.KeysIn(Engine, "revisions")})";

    /// <summary>The ledger that was current at an instant.</summary>
    public string AsOf => $"select {Columns} {From} and l.recorded_at <= @asOf order by l.recorded_at desc, l.revision desc {Page}";

    private string Page { get; init; } = "";

    public static HistoryStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    /// <summary>Statements before a revision and hash, newest first; of one field, or of all.</summary>
    public string Timeline(string? field) =>
        $"""
        select e.tuple_no, e.said, e.field, e.first_revision, e.first_recorded_at, e.last_revision, e.place
        from timeline e
        where e.tuple_no = (select t.tuple_no from tuple t where t.tuple_id = @tupleId) {(field is null ? "" : "and e.field = @field")}
        and e.first_revision <= @revision and (e.first_revision < @revision or e.said < @said)
        order by e.first_revision desc, e.said desc {Page}
        """;

    /// <summary>The list without and with its filter, for the check of all statements.</summary>
    internal IEnumerable<(string Name, string Sql)> Variants() => [("Timeline", Timeline(null)), ("Timeline of a field", Timeline(""))];

    private static readonly HistoryStatements Sqlite = new(StoreEngines.Sqlite)
    {
        Page = "limit @limit",
        InsertHistory = """
            insert into ledger_history (tuple_no, revision, sha256, content, recorded_at)
            values (@tuple_no, @revision, @sha256, @content, @recorded_at)
            on conflict do nothing
            """,
        WidenTimeline = """
            insert into timeline (tuple_no, said, field, first_revision, first_recorded_at, last_revision, place)
            values (@tuple_no, @said, @field, @first_revision, @first_recorded_at, @last_revision, @place)
            on conflict (tuple_no, said) do update set
                first_recorded_at = case when excluded.first_revision < first_revision then excluded.first_recorded_at else first_recorded_at end,
                first_revision = min(first_revision, excluded.first_revision),
                place = case when excluded.last_revision > last_revision then excluded.place else place end,
                last_revision = max(last_revision, excluded.last_revision)
            """,
    };

    private static readonly HistoryStatements SqlServer = new(StoreEngines.SqlServer)
    {
        Page = "offset 0 rows fetch next @limit rows only",
        InsertHistory = """
            insert into ledger_history (tuple_no, revision, sha256, content, recorded_at)
            select r.tuple_no, r.revision, r.sha256, r.content, r.recorded_at from @rows r
            where not exists (select 1 from ledger_history h where h.tuple_no = r.tuple_no and h.revision = r.revision)
            """,
        WidenTimeline = """
            update timeline set
                first_recorded_at = case when r.first_revision < timeline.first_revision then r.first_recorded_at else timeline.first_recorded_at end,
                first_revision = case when r.first_revision < timeline.first_revision then r.first_revision else timeline.first_revision end,
                place = case when r.last_revision > timeline.last_revision then r.place else timeline.place end,
                last_revision = case when r.last_revision > timeline.last_revision then r.last_revision else timeline.last_revision end
            from @rows r
            where r.tuple_no = timeline.tuple_no and r.said = timeline.said;
            insert into timeline (tuple_no, said, field, first_revision, first_recorded_at, last_revision, place)
            select r.tuple_no, r.said, r.field, r.first_revision, r.first_recorded_at, r.last_revision, r.place from @rows r
            where not exists (select 1 from timeline e where e.tuple_no = r.tuple_no and e.said = r.said)
            """,
    };
}
