using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Evaluating;

/// <summary>Sums up the figures.</summary>
internal static class EvaluationQueries
{
    /// <summary>The figures over the tuples of a train, or over all, as far as they are in a scope.</summary>
    public static async Task<Figures> FiguresAsync(StoreSnapshot snapshot, string? train, RepositoryScope scope)
    {
        EvaluationStatements sql = EvaluationStatements.For(snapshot.Engine);
        var filter = new FigureFilter(train, !scope.IsEverything);
        IReadOnlyList<Row> spans = await RowsAsync(sql.Spans(filter));
        IReadOnlyList<Row> judgements = await RowsAsync(sql.Judgements(filter));
        IReadOnlyList<Row> conflicts = await RowsAsync(sql.Conflicts(filter));
        IReadOnlyList<Row> overwritten = await RowsAsync(sql.Overwritten(filter));
        IReadOnlyList<Row> packages = await RowsAsync(sql.PackagesOf(filter));
        IReadOnlyList<Row> contradictions = await RowsAsync(sql.Contradictions(filter));
        return new Figures
        {
            Spans = [.. spans.GroupBy(r => r.TookMs).Select(g => (g.Key, g.Sum(r => r.N))).OrderBy(s => s.Key)],
            Fields = Figures.ByField(judgements.Select(r => (r.Accepted, r.Refused, r.FromHold, r.N))),
            Held = conflicts.Sum(r => r.Held),
            Ruled = conflicts.Sum(r => r.Ruled),
            Converging = conflicts.Sum(r => r.Converging),
            Overwritten = overwritten.Sum(r => r.N),
            Packages = packages.Sum(r => r.N),
            Late = packages.Sum(r => r.Late),
            Missing = packages.Sum(r => r.Missing),
            Contradicted = contradictions.Where(r => r.Kind != Contradiction.Rederived).Sum(r => r.N),
            Rederived = contradictions.Where(r => r.Kind == Contradiction.Rederived).Sum(r => r.N),
        };

        async Task<IReadOnlyList<Row>> RowsAsync(string statement) =>
        [
            .. (await snapshot.QueryAsync<Row>(statement, new { train })).Where(r => scope.IsEverything || scope.Includes(new ImageReference(r.Registry, r.Repository, null))),
        ];
    }

    /// <summary>The trains about which something was handed off last, the latest first.</summary>
    public static Task<IReadOnlyList<string>> TrainsAsync(StoreSnapshot snapshot, int limit) =>
        snapshot.QueryAsync<string>(EvaluationStatements.For(snapshot.Engine).Trains, new { limit });

    /// <summary>A row of any of the sums.</summary>
    private sealed record Row
    {
        public string Registry { get; init; } = "";
        public string Repository { get; init; } = "";
        public string Kind { get; init; } = "";
        public long TookMs { get; init; }
        public long N { get; init; }
        public long Accepted { get; init; }
        public long Refused { get; init; }
        public long FromHold { get; init; }
        public long Held { get; init; }
        public long Ruled { get; init; }
        public long Converging { get; init; }
        public long Late { get; init; }
        public long Missing { get; init; }
    }
}
