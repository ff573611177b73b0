using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>When an instance was heard, as a row.</summary>
internal sealed record HeardInstance(string InstanceKey, Source Source, string Instance, DateTimeOffset At);

/// <summary>How watermarks are read and moved, and who waits for them, per engine.</summary>
internal sealed record WatermarkStatements(string Engine)
{
    public static readonly RowShape<HeardInstance> HeardRow = RowShape.Of<HeardInstance>("heard_row")
        .Text("instance_key", 32, h => h.InstanceKey)
        .Text("source", 32, h => WireNames.Of(h.Source))
        .Text("instance", h => h.Instance)
        .Instant("heard_at", h => h.At);

    public static readonly RowShape<AwaitedInstance> AwaitedRow = RowShape.Of<AwaitedInstance>("expired_window_row")
        .Text("instance_key", 32, a => EvidenceKeys.OfInstance(a.Source, a.Instance))
        .Text("tuple_key", 32, a => a.TupleKey);

    public required string Move { get; init; }

    public required string Add { get; init; }

    public required string BeginWaiting { get; init; }

    public required string EndWaiting { get; init; }

    public string All { get; } = "select source, instance, heard_at from watermark";

    /// <summary>The tuples that wait to hear one of the instances.</summary>
    public string Waiting { get; } =
        $"select tuple_key from expired_window where instance_key in (select value from {StoreSnapshot.KeysIn(Engine, "instances")})";

    /// <summary>The instances that the tuples wait to hear.</summary>
    public string Awaited { get; } = $"""
        select e.tuple_key, w.source, w.instance
        from expired_window e
        join watermark w on w.instance_key = e.instance_key
        where e.tuple_key in (select value from {StoreSnapshot.KeysIn(Engine, "tuples")})
        """;

    /// <summary>The spelling of an engine.</summary>
    public static WatermarkStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private static readonly WatermarkStatements Sqlite = new(StoreEngines.Sqlite)
    {
        Move = "update watermark set heard_at = @heard_at where instance_key = @instance_key and heard_at < @heard_at",
        Add = """
            insert into watermark (instance_key, source, instance, heard_at)
            values (@instance_key, @source, @instance, @heard_at) on conflict do nothing
            """,
        BeginWaiting = """
            insert into expired_window (instance_key, tuple_key) values (@instance_key, @tuple_key) on conflict do nothing
            """,
        EndWaiting = "delete from expired_window where instance_key = @instance_key and tuple_key = @tuple_key",
    };

    private static readonly WatermarkStatements SqlServer = new(StoreEngines.SqlServer)
    {
        Move = """
            update watermark set heard_at = r.heard_at
            from @rows r
            where watermark.instance_key = r.instance_key and watermark.heard_at < r.heard_at
            """,
        Add = """
            insert into watermark (instance_key, source, instance, heard_at)
            select r.instance_key, r.source, r.instance, r.heard_at from @rows r
            where not exists (select 1 from watermark w where w.instance_key = r.instance_key)
            """,
        BeginWaiting = """
            insert into expired_window (instance_key, tuple_key) select r.instance_key, r.tuple_key from @rows r
            where not exists (
              select 1 from expired_window e where e.instance_key = r.instance_key and e.tuple_key = r.tuple_key)
            """,
        EndWaiting = """
            delete e
            from @rows r
            join expired_window e on e.instance_key = r.instance_key and e.tuple_key = r.tuple_key
            """,
    };
}
