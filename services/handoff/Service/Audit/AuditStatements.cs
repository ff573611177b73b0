using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Audit;

/// <summary>The SQL of the audit log, per engine.</summary>
internal sealed record AuditStatements
{
    private const string Columns = "a.sequence, a.at, a.subject, a.kind, a.tuple_no, t.tuple_id, a.detail, a.previous_hash, a.hash";

    /// <summary>What follows <c>order by</c> to bound a page by <c>@limit</c>.</summary>
    private readonly string _page;

    private AuditStatements(string page) => _page = page;

    public string Insert { get; } =
        """
        insert into audit_event (sequence, at, subject, kind, tuple_no, detail, previous_hash, hash)
        values (@Sequence, @At, @Subject, @Kind, @TupleNo, @Detail, @PreviousHash, @Hash)
        """;

    public string TupleNo { get; } = "select tuple_no from tuple where tuple_id = @TupleId";

    /// <summary>The last event.</summary>
    public string Last => $"select {Columns} from audit_event a left join tuple t on t.tuple_no = a.tuple_no order by a.sequence desc {_page}";

    /// <summary>Events after a number, oldest first.</summary>
    public string After =>
        $"select {Columns} from audit_event a left join tuple t on t.tuple_no = a.tuple_no where a.sequence > @after order by a.sequence {_page}";

    public static AuditStatements For(string engine) =>
        StoreEngines.Choose(engine, new AuditStatements("limit @limit"), new AuditStatements("offset 0 rows fetch next @limit rows only"));

    /// <summary>Events before a number, newest first.</summary>
    public string Before(AuditFilter filter) =>
        $"""
        select {Columns}
        from audit_event a left join tuple t on t.tuple_no = a.tuple_no
        where a.sequence < @before
        {(filter.TupleId is null ? "" : "and t.tuple_id = @TupleId")}
        {(filter.Kind is null ? "" : "and a.kind = @Kind")}
        {(filter.Subject is null ? "" : "and a.subject = @Subject")}
        order by a.sequence desc {_page}
        """;

    /// <summary>The lists without and with every filter, for the check of all statements.</summary>
    internal IEnumerable<(string Name, string Sql)> Variants() =>
    [
        ("Before", Before(new AuditFilter())),
        ("Before filtered", Before(new AuditFilter { TupleId = "", Kind = "", Subject = "" })),
    ];
}

/// <summary>Which events to list; null for any.</summary>
internal sealed record AuditFilter
{
    public string? TupleId { get; init; }
    public string? Kind { get; init; }
    public string? Subject { get; init; }
}
