using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Handoff.Deciding;
using ReleaseIntegrity.Handoff.Evaluating;
using ReleaseIntegrity.Handoff.Feed;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Store;

/// <summary>
/// What was handed off: current and past ledgers, their holds, all packages. Unmasked; only <see cref="Reading.MaskedDocuments"/>
/// takes content out of here. Every write is one transaction, idempotent, and gives the same rows in any order of
/// arrival, but for the sequence and the time of the hand-off, which are the record of that order.
/// </summary>
/// <param name="store">Where all of it is kept.</param>
/// <param name="masker">Makes ids of tuples and tokens of repositories.</param>
/// <param name="clock">For the times of hand-off.</param>
/// <param name="alone">Whether no other process writes to it.</param>
internal sealed class HandoffStore(IStore store, Masker masker, TimeProvider clock, bool alone = false) : IAsyncDisposable
{
    private readonly HandoffStatements _sql = HandoffStatements.For(store.Engine);
    private readonly TupleTable _tuples = new(store.Engine, masker);
    private readonly LedgerTable _ledgers = new(store.Engine);
    private readonly HistoryTable _history = new(store.Engine);
    private readonly EvaluationTable _evaluation = new(store.Engine, clock);
    private long _changes;

    /// <summary>The schema of this store.</summary>
    public static MigrationSet Migrations { get; } = new("handoff", typeof(HandoffStore).Assembly);

    /// <summary>Where all of it is kept.</summary>
    public IStore Store => store;

    /// <summary>What the reconciler is told; it leaves once the transaction that writes it is durable.</summary>
    public Outbox Outbox { get; } = new(store, new OutboxOptions { Name = HandoffHosting.Key }, clock);

    /// <summary>The repositories that there are.</summary>
    public RepositoryNames Repositories { get; } = new();

    /// <summary>The packages, for who decides on them.</summary>
    public PackageTable Packages { get; } = new(store.Engine, clock);

    /// <summary>Raised once packages have changed, on the store's own thread.</summary>
    public event Action? PackagesChanged;

    /// <summary>Moves on with every change of a package and every decision, whoever makes it; before its maker hears that it is done.</summary>
    public async ValueTask<long> StateAsync(CancellationToken cancellationToken) =>
        alone ? Volatile.Read(ref _changes) : (await ReadAsync(HandoffQueries.PositionAsync, cancellationToken)).Sequence;

    /// <summary>Queries.</summary>
    public Task<T> ReadAsync<T>(Func<StoreSnapshot, Task<T>> read, CancellationToken cancellationToken) =>
        store.ReadAsync(read, cancellationToken);

    /// <summary>
    /// Lets a store that is new begin to count where no earlier one can have come: at the clock's microseconds since 1970. Pins
    /// are ordered by the sequence, and a reconciler that knew an earlier store must not take a new pin for an old one.
    /// Makes tuple ids and repository tokens anew where they were made with another key. Called once, before anything
    /// else; with the same key it changes nothing.
    /// </summary>
    public Task OpenAsync(CancellationToken cancellationToken)
    {
        string mark = masker.TupleId(new ImageReference("key", "mark", null));
        return store.WriteAsync(
            async transaction =>
            {
                await transaction.ExecuteAsync(_sql.BeginSequence, new { begin = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond });
                if (await transaction.ExecuteAsync(_sql.MarkKey, new { mark }) == 0)
                {
                    return;
                }

                IReadOnlyList<TupleRow> tuples = await transaction.QueryAsync<TupleRow>(_sql.AllTuples);
                await transaction.ExecuteRowsAsync(
                    _sql.UpdateTupleKeys,
                    HandoffStatements.TupleKeys,
                    [.. tuples.Select(t => (t.TupleNo, masker.TupleId(t.Reference), masker.RepositoryToken(t.Repository)))]);
                await transaction.ExecuteAsync(PackageListStatements.For(store.Engine).DeleteOfRepositories);
                await transaction.ExecuteAsync(PackageListStatements.For(store.Engine).InsertOfRepositories);
            },
            cancellationToken);
    }

    /// <summary>Records what messages said, in one transaction.</summary>
    /// <returns>What became of each, in their order.</returns>
    public Task<IReadOnlyList<FeedOutcome>> RecordAsync(IReadOnlyList<FeedFact> facts, CancellationToken cancellationToken) =>
        store.WriteAsync<IReadOnlyList<FeedOutcome>>(
            async transaction =>
            {
                IReadOnlyDictionary<ImageReference, long> numbers = await _tuples.NumbersAsync(transaction, facts.Select(f => f.Tuple));
                LedgerTable.Numbered[] numbered = [.. facts.OfType<LedgerFact>().Select(l => new LedgerTable.Numbered(numbers[l.Tuple], l))];
                var ledgers = new Queue<FeedOutcome>(
                    await _ledgers.RecordAsync(transaction, numbered, await _history.KeptAsync(transaction, numbered)));
                numbered = [.. numbered.Zip(ledgers).Where(l => l.Second != FeedOutcome.Conflict).Select(l => l.First)];
                await _history.RecordAsync(transaction, numbered);
                var outcomes = new FeedOutcome[facts.Count];
                for (int i = 0; i < facts.Count; i++)
                {
                    long tupleNo = numbers[facts[i].Tuple];
                    outcomes[i] = facts[i] switch
                    {
                        LedgerFact => ledgers.Dequeue(),
                        PackageFact package => await Packages.RecordAsync(transaction, tupleNo, package),
                        PackageEndFact end => await Packages.RecordAsync(transaction, tupleNo, end),
                        _ => throw new ArgumentException($"a fact of kind {facts[i].GetType().Name}", nameof(facts)),
                    };
                }

                await _evaluation.RecordAsync(transaction, [.. facts.Select((f, i) => (numbers[f.Tuple], f, outcomes[i]))]);
                var follower = new RepairFollower(store.Engine, masker, Packages, _history, _evaluation, Outbox, clock);
                bool moved = await follower.FollowAsync(
                    transaction,
                    numbered,
                    [.. facts.Zip(outcomes).Where(f => f.Second is FeedOutcome.Changed or FeedOutcome.Stale).Select(f => f.First).OfType<PackageFact>().Select(p => (numbers[p.Tuple], p.Revision))]);
                if (moved || facts.Any(f => f is PackageFact or PackageEndFact))
                {
                    transaction.OnCommitted(Changed);
                }

                return outcomes;
            },
            cancellationToken);

    /// <summary>Runs what decides, in one transaction; whoever watches hears of it.</summary>
    public Task<T> DecideAsync<T>(Func<StoreTransaction, Task<T>> decide, CancellationToken cancellationToken) =>
        store.WriteAsync(
            async transaction =>
            {
                T decided = await decide(transaction);
                transaction.OnCommitted(Changed);
                return decided;
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store.DisposeAsync();

    private void Changed()
    {
        Interlocked.Increment(ref _changes);
        PackagesChanged?.Invoke();
    }
}
