using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>How tuples, packages and pins are found and written, per engine.</summary>
internal sealed record TupleStatements(string Engine)
{
    public static readonly RowShape<StoredTuple> Tuple = RowShape.Of<StoredTuple>("announced_ledger_row")
        .Text("tuple_key", 32, t => t.TupleKey)
        .Long("revision", t => t.Revision)
        .Text("ledger_sha256", 64, t => t.LedgerSha256)
        .Text("holds", t => t.Holds)
        .Flag("on_hold", t => t.OnHold)
        .Flag("converging", t => t.Converging)
        .Long("package_revision", t => t.PackageRevision)
        .Text("package_id", 64, t => t.PackageId)
        .Text("decision_key", 64, t => t.DecisionKey)
        .Long("ledger_revision", t => t.LedgerRevision)
        .Instant("ledger_recorded_at", t => t.LedgerRecordedAt)
        .Text("hold_openings", t => t.HoldOpenings);

    public static readonly RowShape<ChainedPackage> Package = RowShape.Of<ChainedPackage>("package_row")
        .Text("tuple_key", 32, p => p.TupleKey)
        .Long("revision", p => p.Revision)
        .Text("package_id", 64, p => p.PackageId)
        .Text("decision_key", 64, p => p.DecisionKey)
        .Text("supersedes", 64, p => p.Supersedes)
        .Instant("prepared_at", p => p.PreparedAt)
        .Bytes("content", p => p.Canonical);

    public static readonly RowShape<EndedPackage> Ended = RowShape.Of<EndedPackage>("ended_package_row")
        .Text("tuple_key", 32, p => p.TupleKey)
        .Long("revision", p => p.Revision)
        .Text("ended_by", 64, p => p.EndedBy);

    public required string Page { get; init; }

    public required string Save { get; init; }

    public required string Append { get; init; }

    public required string Close { get; init; }

    public string Find { get; } = $"""
        select
          tuple_key, registry, repository, tag, revision, ledger_sha256, holds, on_hold, converging,
          package_revision, package_id, decision_key, ledger_revision, ledger_recorded_at, hold_openings
        from tuple where tuple_key in (select value from {StoreSnapshot.KeysIn(Engine, "tuples")}) order by tuple_key
        """;

    public string OpenPackages { get; } = $"""
        select p.content
        from tuple t
        join package p on p.tuple_key = t.tuple_key and p.revision = t.package_revision
        where t.decision_key is not null and t.tuple_key in (select value from {StoreSnapshot.KeysIn(Engine, "tuples")})
        """;

    public string Chains { get; } = $"""
        select tuple_key, revision, package_id, supersedes, prepared_at, content, closed_at, ended_by
        from package where tuple_key in (select value from {StoreSnapshot.KeysIn(Engine, "tuples")}) order by tuple_key, revision
        """;

    public string Pins { get; } = $"""
        select tuple_key, field, sequence, chosen, candidate_set, expires_at, reason
        from pin where tuple_key in (select value from {StoreSnapshot.KeysIn(Engine, "tuples")})
        """;

    public string AddPin { get; } = """
        insert into pin (tuple_key, field, sequence, chosen, candidate_set, expires_at, reason)
        select @key, @field, @Sequence, @chosen, @CandidateSet, @ExpiresAt, @Reason
        where not exists (select 1 from pin where tuple_key = @key and field = @field and sequence = @Sequence)
        """;

    /// <summary>The spelling of an engine.</summary>
    public static TupleStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private static readonly TupleStatements Sqlite = new(StoreEngines.Sqlite)
    {
        Page = "select tuple_key from tuple where tuple_key > @after order by tuple_key limit @limit",
        Save = """
            update tuple set
              revision = @revision, ledger_sha256 = @ledger_sha256, holds = @holds, on_hold = @on_hold, converging = @converging,
              package_revision = @package_revision, package_id = @package_id, decision_key = @decision_key,
              ledger_revision = @ledger_revision, ledger_recorded_at = @ledger_recorded_at, hold_openings = @hold_openings
            where tuple_key = @tuple_key and revision = @revision - 1
            """,
        Append = """
            insert into package (tuple_key, revision, package_id, decision_key, supersedes, prepared_at, content)
            values (@tuple_key, @revision, @package_id, @decision_key, @supersedes, @prepared_at, @content)
            on conflict do nothing
            """,
        Close = """
            update package set closed_at = @at, ended_by = @ended_by
            where tuple_key = @tuple_key and revision = @revision and closed_at is null
            """,
    };

    private static readonly TupleStatements SqlServer = new(StoreEngines.SqlServer)
    {
        Page = "select top (@limit) tuple_key from tuple where tuple_key > @after order by tuple_key",
        Save = """
            update tuple set
              revision = r.revision, ledger_sha256 = r.ledger_sha256, holds = r.holds, on_hold = r.on_hold, converging = r.converging,
              package_revision = r.package_revision, package_id = r.package_id, decision_key = r.decision_key,
              ledger_revision = r.ledger_revision, ledger_recorded_at = r.ledger_recorded_at, hold_openings = r.hold_openings
            from @rows r
            where tuple.tuple_key = r.tuple_key and tuple.revision = r.revision - 1
            """,
        Append = """
            insert into package (tuple_key, revision, package_id, decision_key, supersedes, prepared_at, content)
            select r.tuple_key, r.revision, r.package_id, r.decision_key, r.supersedes, r.prepared_at, r.content from @rows r
            where not exists (select 1 from package p where p.tuple_key = r.tuple_key and p.revision = r.revision)
            """,
        Close = """
            update package set closed_at = @at, ended_by = r.ended_by
            from @rows r
            where package.tuple_key = r.tuple_key and package.revision = r.revision and package.closed_at is null
            """,
    };
}
