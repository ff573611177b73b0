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

        // Ends, successors, and after a rebuild decisions too, may be there before it.
        PackageStanding around = await transaction.SingleAsync<PackageStanding>(_sql.Around, new { tupleNo, revision = package.Revision });
        await SupersedePredecessorAsync(transaction, tupleNo, package.Revision);
        await InsertAsync(transaction, tupleNo, package, around.Next, late: around.Later > 0);
        return around.Later > 0 ? FeedOutcome.Stale : FeedOutcome.Changed;
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

        // A successor that arrived before has superseded it already, and the package itself may still come.
        if (await transaction.SingleOrDefaultAsync<PackageStanding>(_sql.Standing, new { tupleNo, revision = end.Revision }) is not null)
        {
            await RestateAsync(transaction, tupleNo, end.Revision, tell: false);
        }

        return FeedOutcome.Changed;
    }

    /// <summary>Puts a package where it stands by everything that is known of it.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="tupleNo">The tuple.</param>
    /// <param name="revision">The package, which is there.</param>
    /// <param name="tell">Whoever watches hears of it even where the state stays.</param>
    /// <param name="succeeded">A successor is about to be written: whoever watches hears first that this one is superseded.</param>
    public async Task<PackageMove> RestateAsync(
        StoreTransaction transaction, long tupleNo, long revision, bool tell, bool succeeded = false)
    {
        PackageStanding standing = await transaction.SingleAsync<PackageStanding>(_sql.Standing, new { tupleNo, revision });
        standing = standing with { Later = standing.Later + (succeeded ? 1 : 0) };
        string state = standing.Next;
        long sequence = 0;
        if (tell || state != standing.State)
        {
            sequence = await NextSequenceAsync(transaction);
            await transaction.ExecuteAsync(_sql.Restate, new { state, sequence, tupleNo, revision });
        }

        return new PackageMove(standing.PackageId, state, standing.Decided, sequence);
    }

    /// <summary>Sequences are given under the row's lock, so they become visible in their order.</summary>
    public Task<long> NextSequenceAsync(StoreTransaction transaction) => transaction.SingleAsync<long>(_sql.NextSequence);

    /// <summary>The package before this one has a new successor, so whoever watches must hear of it again.</summary>
    private async Task SupersedePredecessorAsync(StoreTransaction transaction, long tupleNo, long revision)
    {
        long? predecessor = await transaction.SingleAsync<long?>(
            _sql.Predecessor, new { tupleNo, revision });
        if (predecessor is not null)
        {
            await RestateAsync(transaction, tupleNo, predecessor.Value, tell: true, succeeded: true);
        }
    }

    private async Task InsertAsync(StoreTransaction transaction, long tupleNo, PackageFact package, string state, bool late)
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
                late,
            });
        await transaction.ExecuteAsync(
            PackageListStatements.For(engine).InsertPlaces, new { tupleNo, package.Revision, reasons = transaction.Keys(package.Reasons) });
    }
}

/// <summary>Where a package stands.</summary>
/// <param name="PackageId">The package.</param>
/// <param name="State">Its state.</param>
/// <param name="Decided">Where a decision put it; null before any.</param>
/// <param name="Sequence">Of the change; 0 where nothing changed.</param>
internal sealed record PackageMove(string PackageId, string State, string? Decided, long Sequence);
