using ReleaseIntegrity.Auditing;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Handoff.Deciding;
using ReleaseIntegrity.Handoff.Feed;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Evaluating;

/// <summary>
/// Keeps the rows that the figures are summed up from, in the transactions that record what they follow from: under the
/// tuple's lock, and the same rows in the end for any order and repetition of messages.
/// </summary>
internal sealed class EvaluationTable(string engine, TimeProvider clock)
{
    private readonly EvaluationStatements _sql = EvaluationStatements.For(engine);
    private readonly DecisionTable _decisions = new(engine);

    /// <summary>Notes what messages contribute; the columns of current ledgers are written with them.</summary>
    /// <param name="transaction">The transaction, in which they are recorded already.</param>
    /// <param name="recorded">The messages, and what became of them.</param>
    public async Task RecordAsync(StoreTransaction transaction, IReadOnlyList<(long TupleNo, FeedFact Fact, FeedOutcome Outcome)> recorded)
    {
        await transaction.ExecuteRowsAsync(
            _sql.InsertContradictions,
            EvaluationStatements.ContradictionRows,
            [.. recorded.SelectMany(r => ContradictionsOf(r.TupleNo, r.Fact, r.Outcome)).Distinct()],
            ("now", clock.GetUtcNow()));
        await transaction.ExecuteRowsAsync(
            _sql.InsertOverwritten,
            EvaluationStatements.OverwrittenRows,
            [
                .. recorded.Where(r => r.Outcome != FeedOutcome.Conflict)
                    .SelectMany(r => r.Fact is LedgerFact ledger ? OverwrittenIn(ledger.Conflicts).Select(f => (r.TupleNo, f)) : []).Distinct(),
            ]);

        (long TupleNo, PackageFact Package)[] packages =
        [
            .. recorded.Where(r => r.Outcome is FeedOutcome.Changed or FeedOutcome.Stale && r.Fact is PackageFact)
                .Select(r => (r.TupleNo, (PackageFact)r.Fact)),
        ];
        if (packages.Length > 0)
        {
            await JoinAsync(transaction, packages.ToLookup(p => p.TupleNo, p => (p.Package.ConflictsBegan, p.Package.PreparedAt)));

            // After a rebuild a package may come after what was decided on it.
            foreach (PackageKey decided in await DecidedAsync(transaction, packages.Select(p => p.TupleNo).Distinct()))
            {
                if (packages.Any(p => p.TupleNo == decided.TupleNo && p.Package.Revision == decided.Revision))
                {
                    await JudgeAsync(transaction, decided.TupleNo, decided.Revision);
                }
            }
        }
    }

    /// <summary>Judges a package anew: something was decided on it, or came of it.</summary>
    public async Task JudgeAsync(StoreTransaction transaction, long tupleNo, long revision)
    {
        if (await _decisions.PackageAsync(transaction, tupleNo, revision) is not { } content)
        {
            return;
        }

        var judgement = Judgement.Of(
            DocumentReader.Package(content),
            revision,
            await transaction.QueryAsync<DecisionRow>(_sql.Judging, new { tupleNo }),
            await _decisions.RepairsAsync(transaction, tupleNo, revision));
        await transaction.ExecuteAsync(_sql.DeleteJudgement, new { tupleNo, revision });
        if (!judgement.IsEmpty)
        {
            await transaction.ExecuteAsync(
                _sql.InsertJudgement, new { tupleNo, revision, accepted = judgement.Accepted, refused = judgement.Refused, fromHold = judgement.FromHold });
        }
    }

    /// <summary>Makes the rows of a tuple anew from its ledgers, packages and decisions.</summary>
    public async Task DeriveAsync(StoreTransaction transaction, long tupleNo)
    {
        IReadOnlyList<LedgerRow> ledgers = await transaction.QueryAsync<LedgerRow>(_sql.Ledgers, new { tupleNo });
        if (ledgers.MaxBy(l => l.Revision) is { } current)
        {
            await transaction.ExecuteRowsAsync(
                _sql.UpdateCounts, EvaluationStatements.CountRows, [CountOf(tupleNo, LedgerAudit.Of(DocumentReader.Ledger(current.Content)))]);
        }

        await transaction.ExecuteRowsAsync(
            _sql.InsertOverwritten,
            EvaluationStatements.OverwrittenRows,
            [.. ledgers.SelectMany(l => OverwrittenIn(LedgerAudit.Of(DocumentReader.Ledger(l.Content)))).Distinct().Select(f => (tupleNo, f))]);
        IReadOnlyList<PackageRow> packages = await transaction.QueryAsync<PackageRow>(_sql.Packages, new { tupleNo });
        await JoinAsync(transaction, packages.ToLookup(_ => tupleNo, p => (BeganIn(DocumentReader.Package(p.Content)), p.PreparedAt)));
        foreach (PackageKey decided in await DecidedAsync(transaction, [tupleNo]))
        {
            await JudgeAsync(transaction, decided.TupleNo, decided.Revision);
        }
    }

    /// <summary>When the conflicts began that a package shows.</summary>
    public static IReadOnlyList<DateTimeOffset> BeganIn(PackageView package) =>
        [.. LedgerAudit.Of(package.Ledger).Select(c => c.BeganAt).OfType<DateTimeOffset>().Distinct().Order()];

    /// <summary>How many conflicts a ledger has, by what became of them.</summary>
    public static LedgerCount CountOf(long tupleNo, IReadOnlyList<Conflict> conflicts) => new(
        tupleNo,
        conflicts.Count(c => c.Route == ConflictRoute.Held),
        conflicts.Count(c => c.Route == ConflictRoute.DecidedByRule),
        conflicts.Count(c => c.Route == ConflictRoute.Converging));

    private async Task JoinAsync(
        StoreTransaction transaction, ILookup<long, (IReadOnlyList<DateTimeOffset> Began, DateTimeOffset PreparedAt)> packages)
    {
        long[] tuples = [.. packages.Where(p => p.Any(s => s.Began.Count > 0)).Select(p => p.Key)];
        if (tuples.Length == 0)
        {
            return;
        }

        var numbers = new { numbers = transaction.Keys(tuples) };
        ILookup<long, Episode> known = (await transaction.QueryAsync<Episode>(_sql.Episodes, numbers)).ToLookup(e => e.TupleNo);
        (long TupleNo, IReadOnlyList<Episode> Joined)[] changed =
        [
            .. tuples.Select(t => (t, Episodes.Join(t, known[t], packages[t].SelectMany(p => p.Began, (p, began) => (began, p.PreparedAt)))))
                .Where(j => !j.Item2.SequenceEqual(known[j.t].OrderBy(e => e.BeganAt))),
        ];
        if (changed.Length > 0)
        {
            await transaction.ExecuteAsync(_sql.DeleteEpisodes, new { numbers = transaction.Keys(changed.Select(c => c.TupleNo)) });
            await transaction.ExecuteRowsAsync(_sql.InsertEpisodes, EvaluationStatements.EpisodeRows, [.. changed.SelectMany(c => c.Joined)]);
        }
    }

    private Task<IReadOnlyList<PackageKey>> DecidedAsync(StoreSnapshot snapshot, IEnumerable<long> tupleNos) =>
        snapshot.QueryAsync<PackageKey>(_sql.Decided, new { numbers = snapshot.Keys(tupleNos) });

    private static IEnumerable<string> OverwrittenIn(IReadOnlyList<Conflict> conflicts) =>
        conflicts.Where(c => c.Route == ConflictRoute.Overwritten).Select(c => c.Field);

    private static IEnumerable<Contradiction> ContradictionsOf(long tupleNo, FeedFact fact, FeedOutcome outcome) => (fact, outcome) switch
    {
        (LedgerFact { Contradicts: { } revision } ledger, not FeedOutcome.Conflict) => [new(tupleNo, Contradiction.Rederived, revision, ledger.Sha256)],
        (LedgerFact ledger, FeedOutcome.Conflict) => [new(tupleNo, Contradiction.Ledger, ledger.Revision, ledger.Sha256)],
        (PackageFact package, FeedOutcome.Conflict) => [new(tupleNo, Contradiction.Package, package.Revision, package.PackageId)],
        _ => [],
    };

    private sealed record PackageKey
    {
        public long TupleNo { get; init; }
        public long Revision { get; init; }
    }
}
