using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>When each source instance was last heard, and which tuples wait to hear one again.</summary>
internal sealed class Watermarks(string engine)
{
    private readonly WatermarkStatements _sql = WatermarkStatements.For(engine);

    /// <summary>All of them: as many as there are source instances.</summary>
    public async Task<IReadOnlyDictionary<(Source Source, string Instance), DateTimeOffset>> ReadAsync(StoreSnapshot snapshot)
    {
        IReadOnlyList<WatermarkRow> rows = await snapshot.QueryAsync<WatermarkRow>(_sql.All);
        return rows.ToDictionary(r => (WireNames.Parse<Source>(r.Source), r.Instance), r => r.HeardAt);
    }

    /// <summary>Moves the watermarks that were heard later than known. Returns the tuples that waited for one of them.</summary>
    public async Task<IReadOnlyList<string>> HearAsync(
        StoreTransaction transaction, IEnumerable<(Source Source, string Instance, DateTimeOffset At)> heard)
    {
        // In the order of their keys, so that two transactions never wait for each other's rows.
        HeardInstance[] latest =
        [
            .. heard
                .GroupBy(h => (h.Source, h.Instance), h => h.At)
                .Select(g => new HeardInstance(EvidenceKeys.OfInstance(g.Key.Source, g.Key.Instance), g.Key.Source, g.Key.Instance, g.Max()))
                .OrderBy(h => h.InstanceKey, StringComparer.Ordinal),
        ];
        int moved = await transaction.ExecuteRowsAsync(_sql.Move, WatermarkStatements.HeardRow, latest)
            + await transaction.ExecuteRowsAsync(_sql.Add, WatermarkStatements.HeardRow, latest);
        return moved == 0
            ? []
            : await transaction.QueryAsync<string>(_sql.Waiting, new { instances = transaction.Keys(latest.Select(h => h.InstanceKey)) });
    }

    /// <summary>Which instances the tuples wait to hear again.</summary>
    public async Task<ILookup<string, (Source Source, string Instance)>> AwaitedAsync(StoreSnapshot snapshot, IEnumerable<string> tupleKeys)
    {
        IReadOnlyList<AwaitedInstanceRow> rows =
            await snapshot.QueryAsync<AwaitedInstanceRow>(_sql.Awaited, new { tuples = snapshot.Keys(tupleKeys) });
        return rows.ToLookup(r => r.TupleKey, r => (WireNames.Parse<Source>(r.Source), r.Instance));
    }

    /// <summary>Begins and ends waiting.</summary>
    public async Task AwaitAsync(
        StoreTransaction transaction, IReadOnlyCollection<AwaitedInstance> begun, IReadOnlyCollection<AwaitedInstance> ended)
    {
        await transaction.ExecuteRowsAsync(_sql.EndWaiting, WatermarkStatements.AwaitedRow, ended);
        await transaction.ExecuteRowsAsync(_sql.BeginWaiting, WatermarkStatements.AwaitedRow, begun);
    }

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
