using ReleaseIntegrity.Handoff.Feed;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Store;

/// <summary>All packages, their ends, and the sequence of their changes.</summary>
internal sealed class PackageTable(string engine, TimeProvider clock)
{
    private readonly PackageStatements _sql = PackageStatements.For(engine);

    /// <summary>Records a package and finds its place in the chain.</summary>
    public async Task<FeedOutcome> RecordAsync(StoreTransaction transaction, long tupleNo, PackageFact package)
    {
        string? present = await transaction.SingleOrDefaultAsync<string>(
            _sql.Find, new { tupleNo, package.Revision });
        if (present is not null)
        {
            return present == package.PackageId ? FeedOutcome.Unchanged : FeedOutcome.Conflict;
        }

        bool superseded = await transaction.SingleAsync<long>(
            _sql.CountLater, new { tupleNo, package.Revision }) > 0;
        bool closed = await transaction.SingleAsync<long>(
            _sql.CountEnds, new { tupleNo, package.Revision }) > 0;
        await SupersedePredecessorAsync(transaction, tupleNo, package.Revision);
        await InsertAsync(transaction, tupleNo, package, superseded ? States.Superseded : closed ? States.Closed : States.Prepared);
        return superseded ? FeedOutcome.Stale : FeedOutcome.Changed;
    }

    /// <summary>Records that a package ended without a successor, whether or not the package has arrived.</summary>
    public async Task<FeedOutcome> RecordAsync(StoreTransaction transaction, long tupleNo, PackageEndFact end)
    {
        int rows = await transaction.ExecuteAsync(
            _sql.InsertEnd, new { tupleNo, end.Revision, end.ClosedAt });
        if (rows == 0)
        {
            return FeedOutcome.Unchanged;
        }

        // A successor that arrived before has superseded it already.
        await transaction.ExecuteAsync(
            _sql.Close,
            new { closed = States.Closed, prepared = States.Prepared, tupleNo, end.Revision, sequence = await NextSequenceAsync(transaction) });
        return FeedOutcome.Changed;
    }

    /// <summary>The package before this one has a new successor, so whoever watches must hear of it again.</summary>
    private async Task SupersedePredecessorAsync(StoreTransaction transaction, long tupleNo, long revision)
    {
        long? predecessor = await transaction.SingleAsync<long?>(
            _sql.Predecessor, new { tupleNo, revision });
        if (predecessor is not null)
        {
            await transaction.ExecuteAsync(
                _sql.Supersede,
                new { state = States.Superseded, sequence = await NextSequenceAsync(transaction), tupleNo, predecessor });
        }
    }

    private async Task InsertAsync(StoreTransaction transaction, long tupleNo, PackageFact package, string state)
    {
        await transaction.ExecuteAsync(
            _sql.Insert,
            new
            {
                tupleNo,
                package.PackageId,
                package.Revision,
                package.Supersedes,
                state,
                package.Content,
                package.PreparedAt,
                handedOffAt = clock.GetUtcNow(),
                package.ReleaseTrain,
                sequence = await NextSequenceAsync(transaction),
            });
        await transaction.ExecuteAsync(
            _sql.InsertReasons, new { tupleNo, package.Revision, reasons = transaction.Keys(package.Reasons) });
    }

    /// <summary>Sequences are given under the row's lock, so they become visible in their order.</summary>
    private Task<long> NextSequenceAsync(StoreTransaction transaction) => transaction.SingleAsync<long>(_sql.NextSequence);
}
