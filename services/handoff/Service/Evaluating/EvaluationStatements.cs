using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Evaluating;

/// <summary>
/// The SQL of what the figures are summed up from, per engine. The sums over all tuples read narrow indexes, never a ledger or
/// package; those of a train begin at its ledgers.
/// </summary>
internal sealed record EvaluationStatements(string Engine)
{
    public static RowShape<Episode> EpisodeRows { get; } = RowShape.Of<Episode>("episode_row")
        .Long("tuple_no", e => e.TupleNo)
        .Instant("began_at", e => e.BeganAt)
        .Instant("ready_at", e => e.ReadyAt)
        .Flag("leads", e => e.Leads)
        .Long("took_ms", e => e.TookMs);

    public static RowShape<(long TupleNo, string Field)> OverwrittenRows { get; } = RowShape.Of<(long TupleNo, string Field)>("overwritten_row")
        .Long("tuple_no", o => o.TupleNo)
        .Text("field", 100, o => o.Field);

    public static RowShape<Contradiction> ContradictionRows { get; } = RowShape.Of<Contradiction>("contradiction_row")
        .Long("tuple_no", c => c.TupleNo)
        .Text("kind", 20, c => c.Kind)
        .Long("revision", c => c.Revision)
        .Text("sha256", 64, c => c.Sha256);

    public static RowShape<LedgerCount> CountRows { get; } = RowShape.Of<LedgerCount>("ledger_count_row")
        .Long("tuple_no", c => c.TupleNo)
        .Int("conflicts_held", c => c.Held)
        .Int("conflicts_ruled", c => c.Ruled)
        .Int("conflicts_converging", c => c.Converging);

    public string Episodes { get; } =
        $"select tuple_no, began_at, ready_at, leads, took_ms from episode where tuple_no in (select value from {StoreSnapshot.KeysIn(Engine, "numbers")})";

    public string DeleteEpisodes { get; } = $"delete from episode where tuple_no in (select value from {StoreSnapshot.KeysIn(Engine, "numbers")})";

    public required string InsertEpisodes { get; init; }

    public required string InsertOverwritten { get; init; }

    public required string InsertContradictions { get; init; }

    public required string UpdateCounts { get; init; }

    /// <summary>What judges the packages of a tuple, in its order.</summary>
    public string Judging { get; } =
        """
        select decision_no, tuple_no, kind, state, package_revision, field, candidate from decision
        where tuple_no = @tupleNo and kind in ('authorize-repair', 'return', 'pin', 'unpin') order by decision_no
        """;

    /// <summary>The packages of some tuples on which there are decisions.</summary>
    public string Decided { get; } =
        $"""
        select distinct tuple_no, package_revision as revision from decision
        where tuple_no in (select value from {StoreSnapshot.KeysIn(Engine, "numbers")}) and package_revision is not null
        """;

    public string DeleteJudgement { get; } = "delete from judgement where tuple_no = @tupleNo and package_revision = @revision";

    public string InsertJudgement { get; } =
        """
        insert into judgement (tuple_no, package_revision, accepted, refused, from_hold)
        values (@tupleNo, @revision, @accepted, @refused, @fromHold)
        """;

    /// <summary>What is still to be counted of what was there before the figures were.</summary>
    public string Uncounted { get; } = "select counted_to, count_until from handoff";

    public string MarkCounted { get; } = "update handoff set counted_to = @countedTo where counted_to < @countedTo";

    public string TuplesFrom => $"select tuple_no, tuple_id from tuple where tuple_no > @after and tuple_no <= @until order by tuple_no {Limit}";

    /// <summary>All ledgers of a tuple that are kept.</summary>
    public string Ledgers { get; } = "select tuple_no, revision, sha256, content, recorded_at from ledger_history where tuple_no = @tupleNo";

    /// <summary>All packages of a tuple.</summary>
    public string Packages { get; } = "select tuple_no, revision, package_id, content, prepared_at from package where tuple_no = @tupleNo";

    /// <summary>The trains about which something was handed off last.</summary>
    public string Trains => $"select release_train from ledger where release_train is not null group by release_train order by max(recorded_at) desc {Limit}";

    private string Limit { get; init; } = "";

    public static EvaluationStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    /// <summary>How long it took: few different spans, each with how often.</summary>
    public string Spans(FigureFilter filter) => Sum(filter, "x.took_ms, count(*) as n", "episode", "x.leads = 1", "x.took_ms");

    /// <summary>What stewards made of fields: few different sets, each with how often.</summary>
    public string Judgements(FigureFilter filter) =>
        Sum(filter, "x.accepted, x.refused, x.from_hold, count(*) as n", "judgement", null, "x.accepted, x.refused, x.from_hold");

    /// <summary>What became of the conflicts of current ledgers.</summary>
    public string Conflicts(FigureFilter filter) => Sum(
        filter,
        "coalesce(sum(x.conflicts_held), 0) as held, coalesce(sum(x.conflicts_ruled), 0) as ruled, coalesce(sum(x.conflicts_converging), 0) as converging",
        "ledger", null, null);

    /// <summary>Fields that a ledger overwrote silently.</summary>
    public string Overwritten(FigureFilter filter) => Sum(filter, "count(*) as n", "overwritten", null, null);

    /// <summary>Packages, those that came late, and those that are missing before one that came.</summary>
    public string PackagesOf(FigureFilter filter) => Sum(
        filter,
        "coalesce(sum(x.n), 0) as n, coalesce(sum(x.late), 0) as late, coalesce(sum(x.last - x.n), 0) as missing",
        $"(select tuple_no, count(*) as n, max(revision) as last, sum(case when late = 1 then 1 else 0 end) as late from package {OfTrain(filter)} group by tuple_no)",
        null, null);

    /// <summary>Revisions that something contradicts, by kind.</summary>
    public string Contradictions(FigureFilter filter) =>
        Sum(filter, "x.kind, count(*) as n", $"(select distinct tuple_no, kind, revision from contradiction {OfTrain(filter)})", null, "x.kind");

    /// <summary>The sums without and with every filter, for the check of all statements.</summary>
    internal IEnumerable<(string Name, string Sql)> Variants() =>
        from filter in (FigureFilter[])[new(null, false), new("", false), new(null, true), new("", true)]
        from sum in (Func<FigureFilter, string>[])[Spans, Judgements, Conflicts, Overwritten, PackagesOf, Contradictions]
        select ($"Sum of {(filter.Train is null ? "all" : "a train")}: {sum.Method.Name}{(filter.ByRepository ? " by repository" : "")}", sum(filter));

    private static string OfTrain(FigureFilter filter) =>
        filter.Train is null ? "" : "where tuple_no in (select tuple_no from ledger where release_train = @train)";

    // Cross joins keep their order on SQLite: it begins with the few ledgers of a train, and reads repositories last.
    private static string Sum(FigureFilter filter, string what, string rows, string? where, string? by)
    {
        bool atLedgers = filter.Train is not null && rows != "ledger" && !rows.StartsWith('(');
        string?[] conditions =
        [
            where,
            filter.Train is not null && rows == "ledger" ? "x.release_train = @train" : null,
            atLedgers ? "l.release_train = @train and x.tuple_no = l.tuple_no" : null,
            filter.ByRepository ? "t.tuple_no = x.tuple_no" : null,
        ];
        string?[] groups = [filter.ByRepository ? "t.registry, t.repository" : null, by];
        return $"""
            select {(filter.ByRepository ? "t.registry, t.repository, " : "")}{what}
            from {(atLedgers ? "ledger l cross join " : "")}{rows} x{(filter.ByRepository ? " cross join tuple t" : "")}
            {Joined("where ", " and ", conditions)}
            {Joined("group by ", ", ", groups)}
            """;
    }

    private static string Joined(string before, string between, string?[] parts) =>
        parts.Any(p => p is not null) ? before + string.Join(between, parts.OfType<string>()) : "";

    private static readonly EvaluationStatements Sqlite = new(StoreEngines.Sqlite)
    {
        Limit = "limit @limit",
        InsertEpisodes = "insert into episode (tuple_no, began_at, ready_at, leads, took_ms) values (@tuple_no, @began_at, @ready_at, @leads, @took_ms)",
        InsertOverwritten = "insert into overwritten (tuple_no, field) values (@tuple_no, @field) on conflict do nothing",
        InsertContradictions = """
            insert into contradiction (tuple_no, kind, revision, sha256, noted_at) values (@tuple_no, @kind, @revision, @sha256, @now)
            on conflict do nothing
            """,
        UpdateCounts = """
            update ledger set conflicts_held = @conflicts_held, conflicts_ruled = @conflicts_ruled, conflicts_converging = @conflicts_converging
            where tuple_no = @tuple_no
            """,
    };

    private static readonly EvaluationStatements SqlServer = new(StoreEngines.SqlServer)
    {
        Limit = "offset 0 rows fetch next @limit rows only",
        InsertEpisodes = """
            insert into episode (tuple_no, began_at, ready_at, leads, took_ms)
            select r.tuple_no, r.began_at, r.ready_at, r.leads, r.took_ms from @rows r
            """,
        InsertOverwritten = """
            insert into overwritten (tuple_no, field)
            select r.tuple_no, r.field from @rows r
            where not exists (select 1 from overwritten o where o.tuple_no = r.tuple_no and o.field = r.field)
            """,
        InsertContradictions = """
            insert into contradiction (tuple_no, kind, revision, sha256, noted_at)
            select r.tuple_no, r.kind, r.revision, r.sha256, @now from @rows r
            where not exists (
              select 1 from contradiction c
              where c.tuple_no = r.tuple_no and c.kind = r.kind and c.revision = r.revision and c.sha256 = r.sha256)
            """,
        UpdateCounts = """
            update ledger set
              conflicts_held = r.conflicts_held, conflicts_ruled = r.conflicts_ruled, conflicts_converging = r.conflicts_converging
            from @rows r
            where r.tuple_no = ledger.tuple_no
            """,
    };
}

/// <summary>Over what figures are summed.</summary>
/// <param name="Train">Tuples whose authoritative train is this one; null for all.</param>
/// <param name="ByRepository">A sum per repository, of which a caller may see some.</param>
internal sealed record FigureFilter(string? Train, bool ByRepository);

/// <summary>Content that contradicts a revision that is kept.</summary>
internal sealed record Contradiction(long TupleNo, string Kind, long Revision, string Sha256)
{
    /// <summary>A ledger was announced under a known number with other bytes. Storage format: version with care.</summary>
    internal const string Ledger = "ledger";

    /// <summary>A package was.</summary>
    internal const string Package = "package";

    /// <summary>A ledger was derived again from the same evidence, and came out otherwise.</summary>
    internal const string Rederived = "rederived";
}

/// <summary>How many fields of a tuple's current ledger are in conflict, by what became of them.</summary>
internal sealed record LedgerCount(long TupleNo, int Held, int Ruled, int Converging);
