using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Store;

/// <summary>All ledgers that were handed off, and from which to which of them each statement of a source stands.</summary>
internal sealed class HistoryTable(string engine)
{
    private static readonly RowShape<LedgerTable.Numbered> Ledgers = RowShape.Of<LedgerTable.Numbered>("ledger_history_row")
        .Long("tuple_no", l => l.TupleNo)
        .Long("revision", l => l.Fact.Revision)
        .Text("sha256", 64, l => l.Fact.Sha256)
        .Text("content", l => l.Fact.Content)
        .Instant("recorded_at", l => l.Fact.RecordedAt);

    private static readonly RowShape<Shown> Statements = RowShape.Of<Shown>("timeline_row")
        .Long("tuple_no", s => s.First.TupleNo)
        .Text("said", 64, s => s.Said.Hash)
        .Text("field", 100, s => s.Said.Field)
        .Long("first_revision", s => s.First.Fact.Revision)
        .Instant("first_recorded_at", s => s.First.Fact.RecordedAt)
        .Long("last_revision", s => s.Last.Fact.Revision)
        .Int("place", s => s.Said.Place);

    private readonly HistoryStatements _sql = HistoryStatements.For(engine);

    /// <summary>The hashes of the ledgers that are kept with the same revisions, by tuple and revision; maybe of some others.</summary>
    public async Task<IReadOnlyDictionary<(long TupleNo, long Revision), string>> KeptAsync(
        StoreSnapshot snapshot, IReadOnlyCollection<LedgerTable.Numbered> ledgers)
    {
        if (ledgers.Count == 0)
        {
            return new Dictionary<(long TupleNo, long Revision), string>();
        }

        IReadOnlyList<LedgerRow> rows = await snapshot.QueryAsync<LedgerRow>(_sql.Kept, new
        {
            numbers = snapshot.Keys(ledgers.Select(l => l.TupleNo).Distinct()), revisions = snapshot.Keys(ledgers.Select(l => l.Fact.Revision).Distinct()),
        });
        return rows.ToDictionary(r => (r.TupleNo, r.Revision), r => r.Sha256);
    }

    /// <summary>The ledgers of a tuple after a revision, in their order.</summary>
    public Task<IReadOnlyList<LedgerRow>> LaterAsync(StoreSnapshot snapshot, long tupleNo, long after) =>
        snapshot.QueryAsync<LedgerRow>(_sql.Later, new { tupleNo, after });

    /// <summary>Keeps ledgers, known or new, the later as well as the earlier ones; one that is there stays as it is.</summary>
    public async Task RecordAsync(StoreTransaction transaction, IEnumerable<LedgerTable.Numbered> ledgers)
    {
        LedgerTable.Numbered[] each = [.. ledgers.DistinctBy(l => (l.TupleNo, l.Fact.Revision)).OrderBy(l => l.Fact.Revision)];
        await transaction.ExecuteRowsAsync(_sql.InsertHistory, Ledgers, each);
        await transaction.ExecuteRowsAsync(
            _sql.WidenTimeline,
            Statements,
            [
                .. each.SelectMany(l => l.Fact.Said, (l, said) => (Ledger: l, Said: said))
                    .GroupBy(s => (s.Ledger.TupleNo, s.Said.Hash))
                    .Select(g => new Shown(g.Last().Said, g.First().Ledger, g.Last().Ledger)),
            ]);
    }

    private readonly record struct Shown(Feed.SaidFacts Said, LedgerTable.Numbered First, LedgerTable.Numbered Last);
}
