using ReleaseIntegrity.Handoff.Feed;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Store;

/// <summary>The current ledgers and their holds.</summary>
internal sealed class LedgerTable(string engine)
{
    private static readonly RowShape<Numbered> Ledgers = RowShape.Of<Numbered>("ledger_row")
        .Long("tuple_no", l => l.TupleNo)
        .Long("revision", l => l.Fact.Revision)
        .Text("sha256", 64, l => l.Fact.Sha256)
        .Text("content", l => l.Fact.Content)
        .Instant("recorded_at", l => l.Fact.RecordedAt)
        .Flag("on_hold", l => l.Fact.OnHold)
        .Text("release_train", 400, l => l.Fact.ReleaseTrain);

    private static readonly RowShape<(long TupleNo, HoldFacts Hold)> Holds =
        RowShape.Of<(long TupleNo, HoldFacts Hold)>("hold_row")
            .Long("tuple_no", h => h.TupleNo)
            .Text("field", 100, h => h.Hold.Field)
            .Text("hold_id", 200, h => h.Hold.HoldId)
            .Flag("is_root", h => h.Hold.IsRoot);

    private static readonly RowShape<(long TupleNo, string Field, string Reason)> Reasons =
        RowShape.Of<(long TupleNo, string Field, string Reason)>("hold_reason_row")
            .Text("reason", 100, r => r.Reason)
            .Long("tuple_no", r => r.TupleNo)
            .Text("field", 100, r => r.Field);

    private readonly string _select =
        $"select tuple_no, revision, sha256 from ledger where tuple_no in (select value from {StoreSnapshot.KeysIn(engine, "numbers")})";

    private readonly string _insert = StoreEngines.Choose(
        engine,
        sqlite: """
            insert into ledger (tuple_no, revision, sha256, content, recorded_at, on_hold, release_train)
            values (@tuple_no, @revision, @sha256, @content, @recorded_at, @on_hold, @release_train)
            """,
        sqlServer: """
            insert into ledger (tuple_no, revision, sha256, content, recorded_at, on_hold, release_train)
            select tuple_no, revision, sha256, content, recorded_at, on_hold, release_train from @rows
            """);

    private readonly string _update = StoreEngines.Choose(
        engine,
        sqlite: """
            update ledger set revision = @revision, sha256 = @sha256, content = @content, recorded_at = @recorded_at,
                on_hold = @on_hold, release_train = @release_train
            where tuple_no = @tuple_no
            """,
        sqlServer: """
            update l set revision = r.revision, sha256 = r.sha256, content = r.content, recorded_at = r.recorded_at,
                on_hold = r.on_hold, release_train = r.release_train
            from ledger l join @rows r on r.tuple_no = l.tuple_no
            """);

    private readonly string _deleteHolds = Delete("hold", engine);

    private readonly string _deleteReasons = Delete("hold_reason", engine);

    private readonly string _insertHolds = StoreEngines.Choose(
        engine,
        sqlite: "insert into hold (tuple_no, field, hold_id, is_root) values (@tuple_no, @field, @hold_id, @is_root)",
        sqlServer: "insert into hold (tuple_no, field, hold_id, is_root) select tuple_no, field, hold_id, is_root from @rows");

    private readonly string _insertReasons = StoreEngines.Choose(
        engine,
        sqlite: "insert into hold_reason (reason, tuple_no, field) values (@reason, @tuple_no, @field)",
        sqlServer: "insert into hold_reason (reason, tuple_no, field) select reason, tuple_no, field from @rows");

    /// <summary>Records each ledger that is later than the one there is; of several of one tuple the last.</summary>
    /// <returns>What became of each, in their order.</returns>
    public async Task<IReadOnlyList<FeedOutcome>> RecordAsync(
        StoreTransaction transaction, IReadOnlyList<Numbered> ledgers)
    {
        var present = (await transaction.QueryAsync<LedgerRow>(
            _select, new { numbers = transaction.Keys(ledgers.Select(l => l.TupleNo)) })).ToDictionary(l => l.TupleNo);
        var last = present.ToDictionary(l => l.Key, l => (l.Value.Revision, l.Value.Sha256));
        var outcomes = new FeedOutcome[ledgers.Count];
        var changed = new Dictionary<long, Numbered>();
        for (int i = 0; i < ledgers.Count; i++)
        {
            LedgerFact fact = ledgers[i].Fact;
            if (last.TryGetValue(ledgers[i].TupleNo, out (long Revision, string Sha256) known) && known.Revision >= fact.Revision)
            {
                outcomes[i] = known.Revision > fact.Revision ? FeedOutcome.Stale
                    : known.Sha256 == fact.Sha256 ? FeedOutcome.Unchanged : FeedOutcome.Conflict;
                continue;
            }

            outcomes[i] = FeedOutcome.Changed;
            last[ledgers[i].TupleNo] = (fact.Revision, fact.Sha256);
            changed[ledgers[i].TupleNo] = ledgers[i];
        }

        await WriteAsync(transaction, changed.Values.ToLookup(l => present.ContainsKey(l.TupleNo)));
        return outcomes;
    }

    private async Task WriteAsync(StoreTransaction transaction, ILookup<bool, Numbered> known)
    {
        Numbered[] later = [.. known[true]];
        if (later.Length > 0)
        {
            var numbers = new { numbers = transaction.Keys(later.Select(l => l.TupleNo)) };
            await transaction.ExecuteAsync(_deleteHolds, numbers);
            await transaction.ExecuteAsync(_deleteReasons, numbers);
            await transaction.ExecuteRowsAsync(_update, Ledgers, later);
        }

        Numbered[] first = [.. known[false]];
        await transaction.ExecuteRowsAsync(_insert, Ledgers, first);
        (long TupleNo, HoldFacts Hold)[] holds =
            [.. later.Concat(first).SelectMany(l => l.Fact.Holds, (l, hold) => (l.TupleNo, hold))];
        await transaction.ExecuteRowsAsync(_insertHolds, Holds, holds);
        await transaction.ExecuteRowsAsync(
            _insertReasons, Reasons, [.. holds.SelectMany(h => h.Hold.Reasons, (h, reason) => (h.TupleNo, h.Hold.Field, reason))]);
    }

    private static string Delete(string table, string engine) =>
        $"delete from {table} where tuple_no in (select value from {StoreSnapshot.KeysIn(engine, "numbers")})";

    /// <summary>A ledger and the number of its tuple.</summary>
    internal readonly record struct Numbered(long TupleNo, LedgerFact Fact);
}
