using ReleaseIntegrity.Handoff.Evaluating;
using ReleaseIntegrity.Handoff.Feed;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Store;

/// <summary>The current ledgers and their holds.</summary>
internal sealed class LedgerTable(string engine)
{
    private static readonly RowShape<Numbered> Ledgers = RowShape.Of<Numbered>("counted_ledger_row")
        .Long("tuple_no", l => l.TupleNo)
        .Long("revision", l => l.Fact.Revision)
        .Text("sha256", 64, l => l.Fact.Sha256)
        .Text("content", l => l.Fact.Content)
        .Instant("recorded_at", l => l.Fact.RecordedAt)
        .Flag("on_hold", l => l.Fact.OnHold)
        .Text("release_train", 400, l => l.Fact.ReleaseTrain)
        .Int("conflicts_held", l => l.Count.Held)
        .Int("conflicts_ruled", l => l.Count.Ruled)
        .Int("conflicts_converging", l => l.Count.Converging);

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

    private static readonly RowShape<(long TupleNo, HoldEvent Event)> Events =
        RowShape.Of<(long TupleNo, HoldEvent Event)>("hold_event_row")
            .Long("tuple_no", e => e.TupleNo)
            .Text("hold_id", 200, e => e.Event.HoldId)
            .Text("kind", 20, e => e.Event.Opened ? "opened" : "released")
            .Instant("at", e => e.Event.At)
            .Text("ledger_sha256", 64, e => e.Event.LedgerSha256);

    private readonly HandoffStatements _sql = HandoffStatements.For(engine);

    /// <summary>Records each ledger that is later than the one there is; of several of one tuple the last.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="ledgers">The ledgers.</param>
    /// <param name="kept">Hashes of ledgers that are kept, by tuple and revision; what contradicts one of them is not recorded.</param>
    /// <returns>What became of each, in their order.</returns>
    public async Task<IReadOnlyList<FeedOutcome>> RecordAsync(
        StoreTransaction transaction, IReadOnlyList<Numbered> ledgers, IReadOnlyDictionary<(long TupleNo, long Revision), string> kept)
    {
        var present = (await transaction.QueryAsync<LedgerRow>(
            _sql.SelectLedgers, new { numbers = transaction.Keys(ledgers.Select(l => l.TupleNo)) })).ToDictionary(l => l.TupleNo);
        var last = present.ToDictionary(l => l.Key, l => l.Value.Revision);
        var known = new Dictionary<(long TupleNo, long Revision), string>(kept);
        var outcomes = new FeedOutcome[ledgers.Count];
        var changed = new Dictionary<long, Numbered>();
        for (int i = 0; i < ledgers.Count; i++)
        {
            (long tupleNo, LedgerFact fact) = ledgers[i];
            known.TryAdd((tupleNo, fact.Revision), fact.Sha256);
            outcomes[i] = known[(tupleNo, fact.Revision)] != fact.Sha256 ? FeedOutcome.Conflict
                : !last.TryGetValue(tupleNo, out long revision) || revision < fact.Revision ? FeedOutcome.Changed
                : revision > fact.Revision ? FeedOutcome.Stale
                : FeedOutcome.Unchanged;
            if (outcomes[i] == FeedOutcome.Changed)
            {
                last[tupleNo] = fact.Revision;
                changed[tupleNo] = ledgers[i];
            }
        }

        await WriteAsync(transaction, changed.Values.ToLookup(l => present.ContainsKey(l.TupleNo)));
        await transaction.ExecuteRowsAsync(
            _sql.InsertHoldEvents,
            Events,
            [
                .. ledgers.Where((_, i) => outcomes[i] != FeedOutcome.Conflict)
                    .SelectMany(l => l.Fact.HoldEvents, (l, e) => (l.TupleNo, Event: e)).Distinct(),
            ]);
        return outcomes;
    }

    private async Task WriteAsync(StoreTransaction transaction, ILookup<bool, Numbered> known)
    {
        Numbered[] later = [.. known[true]];
        if (later.Length > 0)
        {
            var numbers = new { numbers = transaction.Keys(later.Select(l => l.TupleNo)) };
            await transaction.ExecuteAsync(_sql.DeleteHolds, numbers);
            await transaction.ExecuteAsync(_sql.DeleteHoldReasons, numbers);
            await transaction.ExecuteRowsAsync(_sql.UpdateLedgers, Ledgers, later);
        }

        Numbered[] first = [.. known[false]];
        await transaction.ExecuteRowsAsync(_sql.InsertLedgers, Ledgers, first);
        (long TupleNo, HoldFacts Hold)[] holds =
            [.. later.Concat(first).SelectMany(l => l.Fact.Holds, (l, hold) => (l.TupleNo, hold))];
        await transaction.ExecuteRowsAsync(_sql.InsertHolds, Holds, holds);
        await transaction.ExecuteRowsAsync(
            _sql.InsertHoldReasons, Reasons, [.. holds.SelectMany(h => h.Hold.Reasons, (h, reason) => (h.TupleNo, h.Hold.Field, reason))]);
    }

    /// <summary>A ledger and the number of its tuple.</summary>
    internal readonly record struct Numbered(long TupleNo, LedgerFact Fact)
    {
        /// <summary>How many conflicts it has, by what became of them.</summary>
        public LedgerCount Count => EvaluationTable.CountOf(TupleNo, Fact.Conflicts);
    }
}
