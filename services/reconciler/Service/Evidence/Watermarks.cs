using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>When each source instance was last heard, and which tuples wait to hear one again.</summary>
internal sealed class Watermarks(string engine)
{
    private static readonly RowShape<Heard> HeardRow = RowShape.Of<Heard>("heard_row")
        .Text("instance_key", 32, h => h.InstanceKey)
        .Text("source", 32, h => WireNames.Of(h.Source))
        .Text("instance", h => h.Instance)
        .Instant("heard_at", h => h.At);

    private static readonly RowShape<AwaitedInstance> AwaitedRow = RowShape.Of<AwaitedInstance>("expired_window_row")
        .Text("instance_key", 32, a => EvidenceKeys.OfInstance(a.Source, a.Instance))
        .Text("tuple_key", 32, a => a.TupleKey);

    private readonly WatermarkStatements _sql = WatermarkStatements.For(engine);

    private readonly string _waiting =
        $"select tuple_key from expired_window where instance_key in (select value from {StoreSnapshot.KeysIn(engine, "instances")})";

    private readonly string _awaited = $"""
        select e.tuple_key, w.source, w.instance
        from expired_window e
        join watermark w on w.instance_key = e.instance_key
        where e.tuple_key in (select value from {StoreSnapshot.KeysIn(engine, "tuples")})
        """;

    /// <summary>All of them: as many as there are source instances.</summary>
    public static async Task<IReadOnlyDictionary<(Source Source, string Instance), DateTimeOffset>> ReadAsync(StoreSnapshot snapshot)
    {
        IReadOnlyList<WatermarkRow> rows = await snapshot.QueryAsync<WatermarkRow>("select source, instance, heard_at from watermark");
        return rows.ToDictionary(r => (WireNames.Parse<Source>(r.Source), r.Instance), r => r.HeardAt);
    }

    /// <summary>Moves the watermarks that were heard later than known. Returns the tuples that waited for one of them.</summary>
    public async Task<IReadOnlyList<string>> HearAsync(
        StoreTransaction transaction, IEnumerable<(Source Source, string Instance, DateTimeOffset At)> heard)
    {
        // In the order of their keys, so that two transactions never wait for each other's rows.
        Heard[] latest =
        [
            .. heard
                .GroupBy(h => (h.Source, h.Instance), h => h.At)
                .Select(g => new Heard(EvidenceKeys.OfInstance(g.Key.Source, g.Key.Instance), g.Key.Source, g.Key.Instance, g.Max()))
                .OrderBy(h => h.InstanceKey, StringComparer.Ordinal),
        ];
        int moved = await transaction.ExecuteRowsAsync(_sql.Move, HeardRow, latest)
            + await transaction.ExecuteRowsAsync(_sql.Add, HeardRow, latest);
        return moved == 0
            ? []
            : await transaction.QueryAsync<string>(_waiting, new { instances = transaction.Keys(latest.Select(h => h.InstanceKey)) });
    }

    /// <summary>Which instances the tuples wait to hear again.</summary>
    public async Task<ILookup<string, (Source Source, string Instance)>> AwaitedAsync(StoreSnapshot snapshot, IEnumerable<string> tupleKeys)
    {
        IReadOnlyList<AwaitedInstanceRow> rows =
            await snapshot.QueryAsync<AwaitedInstanceRow>(_awaited, new { tuples = snapshot.Keys(tupleKeys) });
        return rows.ToLookup(r => r.TupleKey, r => (WireNames.Parse<Source>(r.Source), r.Instance));
    }

    /// <summary>Begins and ends waiting.</summary>
    public async Task AwaitAsync(
        StoreTransaction transaction, IReadOnlyCollection<AwaitedInstance> begun, IReadOnlyCollection<AwaitedInstance> ended)
    {
        await transaction.ExecuteRowsAsync(_sql.EndWaiting, AwaitedRow, ended);
        await transaction.ExecuteRowsAsync(_sql.BeginWaiting, AwaitedRow, begun);
    }

    private sealed record Heard(string InstanceKey, Source Source, string Instance, DateTimeOffset At);

    private sealed record WatermarkRow
    {
        public string Source { get; init; } = "";

        public string Instance { get; init; } = "";

        public DateTimeOffset HeardAt { get; init; }
    }

    private sealed record AwaitedInstanceRow
    {
        public string TupleKey { get; init; } = "";

        public string Source { get; init; } = "";

        public string Instance { get; init; } = "";
    }
}

/// <summary>How watermarks move, per engine.</summary>
internal sealed record WatermarkStatements(string Move, string Add, string BeginWaiting, string EndWaiting)
{
    /// <summary>The spelling of an engine.</summary>
    public static WatermarkStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private static readonly WatermarkStatements Sqlite = new(
        Move: "update watermark set heard_at = @heard_at where instance_key = @instance_key and heard_at < @heard_at",
        Add: """
            insert into watermark (instance_key, source, instance, heard_at)
            values (@instance_key, @source, @instance, @heard_at) on conflict do nothing
            """,
        BeginWaiting: """
            insert into expired_window (instance_key, tuple_key) values (@instance_key, @tuple_key) on conflict do nothing
            """,
        EndWaiting: "delete from expired_window where instance_key = @instance_key and tuple_key = @tuple_key");

    private static readonly WatermarkStatements SqlServer = new(
        Move: """
            update watermark set heard_at = r.heard_at
            from @rows r
            where watermark.instance_key = r.instance_key and watermark.heard_at < r.heard_at
            """,
        Add: """
            insert into watermark (instance_key, source, instance, heard_at)
            select r.instance_key, r.source, r.instance, r.heard_at from @rows r
            where not exists (select 1 from watermark w where w.instance_key = r.instance_key)
            """,
        BeginWaiting: """
            insert into expired_window (instance_key, tuple_key) select r.instance_key, r.tuple_key from @rows r
            where not exists (
              select 1 from expired_window e where e.instance_key = r.instance_key and e.tuple_key = r.tuple_key)
            """,
        EndWaiting: """
            delete e
            from @rows r
            join expired_window e on e.instance_key = r.instance_key and e.tuple_key = r.tuple_key
            """);
}
