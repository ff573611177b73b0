using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Rebuilding;

/// <summary>How requests to send everything again are kept, per engine.</summary>
internal sealed record RebuildStatements
{
    private const string Columns = "request_id, requested_at, received_at, started_at, after_key, tuples, packages, contradicted, finished_at";

    public string Add { get; } = """
        insert into rebuild (request_id, requested_at, received_at, after_key, tuples, packages, contradicted)
        select @requestId, @requestedAt, @now, '', 0, 0, 0
        where not exists (select 1 from rebuild where request_id = @requestId)
        """;

    /// <summary>The request whose turn it is.</summary>
    public required string Current { get; init; }

    /// <summary>Moves the cursor, unless somebody else has.</summary>
    public string Advance { get; } = """
        update rebuild set
          started_at = coalesce(started_at, @now), after_key = @next,
          tuples = tuples + @tuples, packages = packages + @packages, contradicted = contradicted + @contradicted
        where request_id = @requestId and after_key = @after and finished_at is null
        """;

    /// <summary>Ends a request, and with it those that had come before it began: they got what they wanted.</summary>
    public string Finish { get; } = """
        update rebuild set started_at = coalesce(started_at, @startedAt), finished_at = @now
        where finished_at is null and received_at <= @startedAt
        """;

    /// <summary>The last requests.</summary>
    public required string Last { get; init; }

    public static RebuildStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private static readonly RebuildStatements Sqlite = new()
    {
        Current = $"select {Columns} from rebuild where finished_at is null order by received_at, request_id limit 1",
        Last = $"select {Columns} from rebuild order by received_at desc, request_id limit 20",
    };

    private static readonly RebuildStatements SqlServer = new()
    {
        Current = $"select top (1) {Columns} from rebuild where finished_at is null order by received_at, request_id",
        Last = $"select top (20) {Columns} from rebuild order by received_at desc, request_id",
    };
}
