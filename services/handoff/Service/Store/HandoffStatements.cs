using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Store;

/// <summary>The SQL of tuples, ledgers and holds, and the lists of the API, per engine.</summary>
internal sealed record HandoffStatements(string Engine)
{
    /// <summary>A package without content.</summary>
    internal const string PackageHead =
        """
        p.package_no, t.tuple_id, t.registry, t.repository, t.tag, p.package_id, p.revision, p.supersedes, p.state, p.prepared_at,
        p.handed_off_at, p.sequence,
        (select n.package_id from package n where n.tuple_no = p.tuple_no and n.revision =
            (select min(m.revision) from package m where m.tuple_no = p.tuple_no and m.revision > p.revision)) as superseded_by
        """;

    private const string PackageColumns = $"{PackageHead}, p.content";

    private const string LedgerColumns = "l.tuple_no, t.tuple_id, l.revision, l.sha256, l.content, l.recorded_at";

    /// <summary>The keyed columns of a tuple.</summary>
    public static RowShape<(long TupleNo, string TupleId, string Token)> TupleKeys { get; } =
        RowShape.Of<(long TupleNo, string TupleId, string Token)>("tuple_key_row")
            .Long("tuple_no", t => t.TupleNo)
            .Text("tuple_id", 64, t => t.TupleId)
            .Text("repository_token", 64, t => t.Token);

    public required string InsertTuples { get; init; }

    public required string UpdateTupleKeys { get; init; }

    public required string InsertLedgers { get; init; }

    public required string UpdateLedgers { get; init; }

    public required string InsertHolds { get; init; }

    public required string InsertHoldReasons { get; init; }

    public required string InsertHoldEvents { get; init; }

    public string SelectTuples { get; } = $"select tuple_no, tuple_id from tuple where tuple_id in (select value from {Keys(Engine, "ids")})";

    public string SelectLedgers { get; } =
        $"select tuple_no, revision, sha256 from ledger where tuple_no in (select value from {Keys(Engine, "numbers")})";

    public string DeleteHolds { get; } = $"delete from hold where tuple_no in (select value from {Keys(Engine, "numbers")})";

    public string DeleteHoldReasons { get; } = $"delete from hold_reason where tuple_no in (select value from {Keys(Engine, "numbers")})";

    /// <summary>The store's own id and its present sequence.</summary>
    public string Position { get; } = "select store_id, sequence from handoff";

    /// <summary>Begins to count, where nothing was counted yet.</summary>
    public string BeginSequence { get; } = "update handoff set sequence = @begin where sequence = 0";

    /// <summary>Notes the key that tuple ids are made with; changes a row only where it was another.</summary>
    public string MarkKey { get; } = "update handoff set key_mark = @mark where key_mark <> @mark";

    public string AllTuples { get; } = "select tuple_no, tuple_id, registry, repository, tag from tuple";

    /// <summary>The repositories of tuples after a number.</summary>
    public string Repositories { get; } = "select tuple_no, registry, repository from tuple where tuple_no > @after";

    /// <summary>Some tuples, by their ids.</summary>
    public string TuplesOf { get; } =
        $"select tuple_no, tuple_id, registry, repository, tag from tuple where tuple_id in (select value from {Keys(Engine, "ids")})";

    public string CountTuples { get; } = "select count(*) from tuple where tuple_id = @tupleId";

    /// <summary>The current ledger of a tuple.</summary>
    public string LedgerOf { get; } =
        $"select {LedgerColumns} from ledger l join tuple t on t.tuple_no = l.tuple_no where t.tuple_id = @tupleId";

    /// <summary>The ledgers of some tuples.</summary>
    public string LedgersOf { get; } =
        $"""
        select {LedgerColumns}
        from ledger l join tuple t on t.tuple_no = l.tuple_no
        where l.tuple_no in (select value from {Keys(Engine, "numbers")})
        """;

    /// <summary>The last package of each of some tuples.</summary>
    public string LastPackages { get; } =
        $"""
        select {PackageColumns}
        from package p join tuple t on t.tuple_no = p.tuple_no
        where p.tuple_no in (select value from {Keys(Engine, "numbers")})
        and p.revision = (select max(m.revision) from package m where m.tuple_no = p.tuple_no)
        """;

    /// <summary>The package of a chain just before a number.</summary>
    public string PackageBefore =>
        $"""
        select {PackageColumns}
        from package p join tuple t on t.tuple_no = p.tuple_no
        where t.tuple_id = @tupleId and p.revision < @revision
        order by p.revision desc {Page}
        """;

    /// <summary>What follows <c>order by</c> to bound a page by <c>@limit</c>.</summary>
    private string Page { get; init; } = "";

    public static HandoffStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    /// <summary>Packages that changed within a range of sequences, in their order.</summary>
    public string Changes(string? tupleId) =>
        $"""
        select {PackageColumns}
        from package p join tuple t on t.tuple_no = p.tuple_no
        where p.sequence > @after and p.sequence <= @upTo {If(tupleId, "and t.tuple_id = @tupleId")}
        order by p.sequence {Page}
        """;

    /// <summary>The last package of a tuple, the last one with an id, or one revision of that.</summary>
    public string Package(string? packageId, long? revision) =>
        $"""
        select {PackageColumns}
        from package p join tuple t on t.tuple_no = p.tuple_no
        where t.tuple_id = @tupleId
        {If(packageId, "and p.package_id = @packageId")}
        {If(revision, "and p.revision = @revision")}
        order by p.revision desc {Page}
        """;

    /// <summary>How many tuples a train has, and how many of them are on hold.</summary>
    /// <param name="coordinates">The repositories that count; null for all.</param>
    public string CountTrain(IReadOnlyCollection<string>? coordinates) =>
        $"""
        select count(*) as tuples, coalesce(sum(case when l.on_hold = 1 then 1 else 0 end), 0) as on_hold
        from ledger l {If(coordinates, "join tuple t on t.tuple_no = l.tuple_no")}
        where l.release_train = @releaseTrain {If(coordinates, $"and {InScope(Engine, "t")}")}
        """;

    /// <summary>Whether a tuple's repository is among those of <c>@coordinates</c>.</summary>
    internal static string InScope(string engine, string tuple) =>
        StoreEngines.Choose(engine, $"{tuple}.registry || '/' || {tuple}.repository", $"{tuple}.registry + N'/' + {tuple}.repository")
        + $" in (select value from {Keys(engine, "coordinates")})";

    /// <summary>Ledgers of tuples after a number, in the order in which tuples were first seen.</summary>
    public string Ledgers(LedgerFilter filter) =>
        $"""
        select {LedgerColumns}
        from ledger l join tuple t on t.tuple_no = l.tuple_no
        where {(filter.RepositoryToken is null ? "l" : "t")}.tuple_no > @after
        {If(filter.RepositoryToken, "and t.repository_token = @RepositoryToken")}
        {If(filter.Coordinates, $"and {InScope(Engine, "t")}")}
        {If(filter.ReleaseTrain, "and l.release_train = @ReleaseTrain")}
        {If(filter.OnHold, "and l.on_hold = @OnHold")}
        order by {(filter.RepositoryToken is null ? "l" : "t")}.tuple_no {Page}
        """;

    /// <summary>Holds after a tuple and field, by tuple and field.</summary>
    public string HoldPage(HoldFilter filter) =>
        $"""
        select h.tuple_no, h.field,
            (select max(e.at) from hold_event e where e.tuple_no = h.tuple_no and e.hold_id = h.hold_id and e.kind = 'opened') as opened_at
        from hold h join tuple t on t.tuple_no = h.tuple_no
        where (h.tuple_no > @afterTuple or (h.tuple_no = @afterTuple and h.field > @afterField))
        {If(filter.TupleId, "and t.tuple_id = @TupleId")}
        {If(filter.Coordinates, $"and {InScope(Engine, "t")}")}
        {If(filter.Field, "and h.field = @Field")}
        {(filter.RootOnly ? "and h.is_root = 1" : "")}
        {If(filter.Reason, "and exists (select 1 from hold_reason r where r.reason = @Reason and r.tuple_no = h.tuple_no and r.field = h.field)")}
        order by h.tuple_no, h.field {Page}
        """;

    /// <summary>The lists without and with every filter, for the check of all statements.</summary>
    internal IEnumerable<(string Name, string Sql)> Variants() =>
    [
        ("Changes", Changes(null)),
        ("Changes of a tuple", Changes("")),
        ("Package", Package(null, null)),
        ("Package of a revision", Package("", 1)),
        ("Ledgers", Ledgers(new LedgerFilter())),
        ("Ledgers filtered", Ledgers(new LedgerFilter { RepositoryToken = "", ReleaseTrain = "", OnHold = true, Coordinates = [] })),
        ("CountTrain", CountTrain(null)),
        ("CountTrain in scope", CountTrain([])),
        ("HoldPage", HoldPage(new HoldFilter())),
        ("HoldPage filtered", HoldPage(new HoldFilter { TupleId = "", Reason = "", Field = "", RootOnly = true, Coordinates = [] })),
    ];

    private static string If(object? filter, string condition) => filter is null ? "" : condition;

    private static string Keys(string engine, string name) => StoreSnapshot.KeysIn(engine, name);

    private static readonly HandoffStatements Sqlite = new(StoreEngines.Sqlite)
    {
        Page = "limit @limit",
        InsertTuples = """
            insert into tuple (registry, repository, tag, tuple_id, repository_token)
            values (@registry, @repository, @tag, @tuple_id, @repository_token)
            """,
        UpdateTupleKeys = "update tuple set tuple_id = @tuple_id, repository_token = @repository_token where tuple_no = @tuple_no",
        InsertLedgers = """
            insert into ledger (tuple_no, revision, sha256, content, recorded_at, on_hold, release_train,
                conflicts_held, conflicts_ruled, conflicts_converging)
            values (@tuple_no, @revision, @sha256, @content, @recorded_at, @on_hold, @release_train,
                @conflicts_held, @conflicts_ruled, @conflicts_converging)
            """,
        UpdateLedgers = """
            update ledger set revision = @revision, sha256 = @sha256, content = @content, recorded_at = @recorded_at,
                on_hold = @on_hold, release_train = @release_train,
                conflicts_held = @conflicts_held, conflicts_ruled = @conflicts_ruled, conflicts_converging = @conflicts_converging
            where tuple_no = @tuple_no
            """,
        InsertHolds = "insert into hold (tuple_no, field, hold_id, is_root) values (@tuple_no, @field, @hold_id, @is_root)",
        InsertHoldReasons = "insert into hold_reason (reason, tuple_no, field) values (@reason, @tuple_no, @field)",
        InsertHoldEvents = """
            insert into hold_event (tuple_no, hold_id, kind, at, ledger_sha256)
            values (@tuple_no, @hold_id, @kind, @at, @ledger_sha256)
            on conflict do nothing
            """,
    };

    private static readonly HandoffStatements SqlServer = new(StoreEngines.SqlServer)
    {
        Page = "offset 0 rows fetch next @limit rows only",
        InsertTuples = """
            insert into tuple (registry, repository, tag, tuple_id, repository_token)
            select r.registry, r.repository, r.tag, r.tuple_id, r.repository_token from @rows r
            """,
        UpdateTupleKeys = """
            update tuple set tuple_id = r.tuple_id, repository_token = r.repository_token
            from @rows r
            where r.tuple_no = tuple.tuple_no
            """,
        InsertLedgers = """
            insert into ledger (tuple_no, revision, sha256, content, recorded_at, on_hold, release_train,
                conflicts_held, conflicts_ruled, conflicts_converging)
            select r.tuple_no, r.revision, r.sha256, r.content, r.recorded_at, r.on_hold, r.release_train,
                r.conflicts_held, r.conflicts_ruled, r.conflicts_converging
            from @rows r
            """,
        UpdateLedgers = """
            update ledger set revision = r.revision, sha256 = r.sha256, content = r.content, recorded_at = r.recorded_at,
                on_hold = r.on_hold, release_train = r.release_train,
                conflicts_held = r.conflicts_held, conflicts_ruled = r.conflicts_ruled, conflicts_converging = r.conflicts_converging
            from @rows r
            where r.tuple_no = ledger.tuple_no
            """,
        InsertHolds = "insert into hold (tuple_no, field, hold_id, is_root) select r.tuple_no, r.field, r.hold_id, r.is_root from @rows r",
        InsertHoldReasons = "insert into hold_reason (reason, tuple_no, field) select r.reason, r.tuple_no, r.field from @rows r",
        InsertHoldEvents = """
            insert into hold_event (tuple_no, hold_id, kind, at, ledger_sha256)
            select r.tuple_no, r.hold_id, r.kind, r.at, r.ledger_sha256 from @rows r
            where not exists (
              select 1 from hold_event e
              where e.tuple_no = r.tuple_no and e.hold_id = r.hold_id and e.kind = r.kind and e.at = r.at and e.ledger_sha256 = r.ledger_sha256)
            """,
    };
}
