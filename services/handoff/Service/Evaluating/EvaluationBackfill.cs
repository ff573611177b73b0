using ReleaseIntegrity.Handoff.Store;

namespace ReleaseIntegrity.Handoff.Evaluating;

/// <summary>
/// Counts, after an upgrade, what was handed off before the figures were kept: page by page, each a transaction with the place
/// that it came to, so that a restart goes on and replicas don't disturb each other. In a store that has nothing to count it
/// ends at once.
/// </summary>
internal sealed class EvaluationBackfill(HandoffStore store, TimeProvider clock, ILogger<EvaluationBackfill> logger) : BackgroundService
{
    private const int PageLimit = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly EvaluationStatements _sql = EvaluationStatements.For(store.Store.Engine);
    private readonly EvaluationTable _table = new(store.Store.Engine, clock);

    /// <summary>Counts one page; false where nothing is left.</summary>
    public Task<bool> CountPageAsync(CancellationToken cancellationToken) => store.Store.WriteAsync(
        async transaction =>
        {
            Place place = await transaction.SingleAsync<Place>(_sql.Uncounted);
            if (place.CountedTo >= place.CountUntil)
            {
                return false;
            }

            IReadOnlyList<TupleRow> tuples = await transaction.QueryAsync<TupleRow>(
                _sql.TuplesFrom, new { after = place.CountedTo, until = place.CountUntil, limit = PageLimit });
            foreach (TupleRow tuple in tuples)
            {
                await TupleTable.LockAsync(transaction, tuple.TupleId);
                await _table.DeriveAsync(transaction, tuple.TupleNo);
            }

            await transaction.ExecuteAsync(_sql.MarkCounted, new { countedTo = tuples.Count > 0 ? tuples[^1].TupleNo : place.CountUntil });
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await CountPageAsync(stoppingToken))
                {
                    return;
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(e, "Evaluation: what was there before could not be counted; again in {Delay}", Pause);
                await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private sealed record Place
    {
        public long CountedTo { get; init; }
        public long CountUntil { get; init; }
    }
}
