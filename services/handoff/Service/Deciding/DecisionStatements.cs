using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Deciding;

/// <summary>The SQL of decisions and repairs, per engine.</summary>
internal sealed record DecisionStatements(string Engine)
{
    private const string Decisions =
        """
        select d.decision_no, d.tuple_no, t.tuple_id, d.request_id, d.request_sha256, d.kind, d.steward, d.decided_at, d.package_revision,
            d.field, d.note, d.state, d.second_steward, d.writes, d.candidate, d.expires_at, d.package_state, d.sequence,
            p.package_id, p.content as package_content, p.state as package_stands_at, l.content as ledger_content,
            (select count(*) from decision n
                where n.tuple_no = d.tuple_no and n.field = d.field and n.kind in ('pin', 'unpin')
                and (n.state = 'confirming' or (n.state = 'effective' and n.second_steward is null))
                and n.decision_no > coalesce(
                    (select min(c.decision_no) from decision c
                        where c.tuple_no = d.tuple_no and c.decision_no > d.decision_no and c.field = d.field and c.kind = 'pin'
                        and c.state = 'confirming' and c.candidate = d.candidate and c.steward = d.second_steward),
                    d.decision_no)) as later_pins
        from decision d
        join tuple t on t.tuple_no = d.tuple_no
        left join package p on p.tuple_no = d.tuple_no and p.revision = d.package_revision
        left join ledger l on l.tuple_no = d.tuple_no
        """;

    private const string Repairs =
        "select r.tuple_no, r.package_revision, r.write_id, r.decision_no, r.state, r.ledger_revision, r.observed_at from repair r";

    public string TupleNo { get; } = "select tuple_no from tuple where tuple_id = @tupleId";

    public string OfRequest { get; } = $"{Decisions} where d.request_id = @requestId";

    public string Insert { get; } =
        """
        insert into decision (tuple_no, request_id, request_sha256, kind, steward, decided_at, package_revision, field, note, state,
            second_steward, writes, candidate, expires_at, package_state, sequence)
        values (@TupleNo, @RequestId, @RequestSha256, @Kind, @Steward, @DecidedAt, @PackageRevision, @Field, @Note, @State,
            @SecondSteward, @Writes, @Candidate, @ExpiresAt, @PackageState, @Sequence)
        """;

    /// <summary>The first authorisation of the same writes that waits for a second person.</summary>
    public required string Awaiting { get; init; }

    /// <summary>The first pin of the same candidate that waits for a second person, and still would hold.</summary>
    public required string AwaitingPin { get; init; }

    public string Confirm { get; } =
        "update decision set state = @state, second_steward = @steward where decision_no = @decisionNo";

    /// <summary>The last pin of a field, or its taking back.</summary>
    public required string LastPin { get; init; }

    public string InsertRepair { get; } =
        """
        insert into repair (tuple_no, package_revision, write_id, decision_no, state, ledger_revision, observed_at)
        values (@TupleNo, @PackageRevision, @WriteId, @DecisionNo, @State, @LedgerRevision, @ObservedAt)
        """;

    public string UpdateRepair { get; } =
        """
        update repair set state = @State, ledger_revision = @LedgerRevision, observed_at = @ObservedAt
        where tuple_no = @TupleNo and package_revision = @PackageRevision and write_id = @WriteId
        """;

    public string RepairsOfPackage { get; } =
        $"{Repairs} where r.tuple_no = @tupleNo and r.package_revision = @revision order by r.write_id";

    public string RepairsOfDecisions { get; } =
        $"{Repairs} where r.decision_no in (select value from {StoreSnapshot.KeysIn(Engine, "numbers")}) order by r.write_id";

    /// <summary>What the ledgers of some tuples have still to show.</summary>
    public string OpenRepairs { get; } =
        $"{Repairs} where r.tuple_no in (select value from {StoreSnapshot.KeysIn(Engine, "numbers")}) and r.state <> 'observed'";

    public string PackageContent { get; } = "select content from package where tuple_no = @tupleNo and revision = @revision";

    private string Limit { get; init; } = "";

    public static DecisionStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    /// <summary>Decisions older than a number, newest first.</summary>
    public string Page(DecisionFilter filter) =>
        $"""
        {Decisions}
        where d.decision_no < @before
        {If(filter.TupleId, "and d.tuple_no = (select o.tuple_no from tuple o where o.tuple_id = @TupleId)")}
        {If(filter.Coordinates, $"and {Store.HandoffStatements.InScope(Engine, "t")}")}
        {If(filter.Kind, "and d.kind = @Kind")}
        {If(filter.PackageId, "and p.package_id = @PackageId")}
        order by d.decision_no desc {Limit}
        """;

    /// <summary>The lists without and with every filter, for the check of all statements.</summary>
    internal IEnumerable<(string Name, string Sql)> Variants() =>
    [
        ("Page", Page(new DecisionFilter())),
        ("Page filtered", Page(new DecisionFilter { TupleId = "", Kind = "", PackageId = "", Coordinates = [] })),
    ];

    private static string If(object? filter, string condition) => filter is null ? "" : condition;

    private const string AwaitingRows =
        """
        decision_no, steward from decision
        where tuple_no = @tupleNo and package_revision = @revision and kind = 'authorize-repair'
          and state = 'awaiting-second-person' and writes = @writes
        order by decision_no
        """;

    private const string AwaitingPinRows =
        """
        decision_no, steward, expires_at from decision
        where tuple_no = @TupleNo and package_revision = @PackageRevision and kind = 'pin' and field = @Field
          and candidate = @Candidate and state = 'awaiting-second-person' and expires_at > @DecidedAt
        order by decision_no
        """;

    private const string PinRows =
        """
        decision_no, tuple_no, kind, expires_at, package_revision from decision
        where tuple_no = @tupleNo and field = @field and kind in ('pin', 'unpin') and state <> 'awaiting-second-person'
        order by decision_no desc
        """;

    private static readonly DecisionStatements Sqlite = new(StoreEngines.Sqlite)
    {
        Limit = "limit @limit",
        Awaiting = $"select {AwaitingRows} limit 1",
        AwaitingPin = $"select {AwaitingPinRows} limit 1",
        LastPin = $"select {PinRows} limit 1",
    };

    private static readonly DecisionStatements SqlServer = new(StoreEngines.SqlServer)
    {
        Limit = "offset 0 rows fetch next @limit rows only",
        Awaiting = $"select top (1) {AwaitingRows}",
        AwaitingPin = $"select top (1) {AwaitingPinRows}",
        LastPin = $"select top (1) {PinRows}",
    };
}

/// <summary>Which decisions to list; null for any.</summary>
internal sealed record DecisionFilter
{
    public string? TupleId { get; init; }
    public string? Kind { get; init; }
    public string? PackageId { get; init; }

    /// <summary>Only those of these repositories, by registry and path.</summary>
    public IReadOnlyCollection<string>? Coordinates { get; init; }
}
