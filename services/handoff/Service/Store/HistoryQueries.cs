using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Store;

/// <summary>The queries behind the API that look back.</summary>
internal static class HistoryQueries
{
    /// <summary>The ledger of a tuple with a revision.</summary>
    public static Task<LedgerRow?> RevisionAsync(StoreSnapshot snapshot, string tupleId, long revision) =>
        snapshot.SingleOrDefaultAsync<LedgerRow>(Sql(snapshot).Revision, new { tupleId, revision });

    /// <summary>The ledger of a tuple that was current at an instant, by the reconciler's record time.</summary>
    public static Task<LedgerRow?> AsOfAsync(StoreSnapshot snapshot, string tupleId, DateTimeOffset asOf) =>
        snapshot.SingleOrDefaultAsync<LedgerRow>(Sql(snapshot).AsOf, new { tupleId, asOf, limit = 1 });

    /// <summary>
    /// The ledger that a package of a tuple's chain rests on: a package is prepared in the transaction that records its ledger,
    /// or later from the one that stands.
    /// </summary>
    public static async Task<LedgerRow?> OfPackageAsync(StoreSnapshot snapshot, string tupleId, long packageRevision) =>
        await HandoffQueries.PackageAsync(snapshot, tupleId, null, packageRevision) is { } package
            ? await AsOfAsync(snapshot, tupleId, package.PreparedAt)
            : null;

    /// <summary>A page of what was said, before a place, newest first, and the ledgers that show it last.</summary>
    public static async Task<(IReadOnlyList<TimelineRow> Rows, IReadOnlyDictionary<long, LedgerRow> Ledgers)> TimelineAsync(
        StoreSnapshot snapshot, string tupleId, string? field, (long Revision, string Said) before, int limit)
    {
        IReadOnlyList<TimelineRow> rows = await snapshot.QueryAsync<TimelineRow>(
            Sql(snapshot).Timeline(field), new { tupleId, field, revision = before.Revision, said = before.Said, limit });
        IReadOnlyList<LedgerRow> ledgers = await snapshot.QueryAsync<LedgerRow>(
            Sql(snapshot).Revisions, new { tupleId, revisions = snapshot.Keys(rows.Select(r => r.LastRevision).Distinct()) });
        return (rows, ledgers.ToDictionary(l => l.Revision));
    }

    private static HistoryStatements Sql(StoreSnapshot snapshot) => HistoryStatements.For(snapshot.Engine);
}

/// <summary>From which to which ledger a statement stands; what it says is in the last one.</summary>
internal sealed record TimelineRow
{
    public long TupleNo { get; init; }
    public string Said { get; init; } = "";
    public string Field { get; init; } = "";
    public long FirstRevision { get; init; }
    public DateTimeOffset FirstRecordedAt { get; init; }
    public long LastRevision { get; init; }
    public long Place { get; init; }
}
