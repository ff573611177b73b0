using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Store;

/// <summary>The queries behind the API. Pages go by keys that never change, so writes between pages move nothing.</summary>
internal static class HandoffQueries
{
    /// <summary>The store's own id and its present sequence.</summary>
    public static async Task<(string StoreId, long Sequence)> PositionAsync(StoreSnapshot snapshot)
    {
        Position row = await snapshot.SingleAsync<Position>(Sql(snapshot).Position);
        return (row.StoreId, row.Sequence);
    }

    /// <summary>Packages after a place, in the filter's order, without content; from the beginning without one.</summary>
    public static Task<IReadOnlyList<PackageRow>> PackagesAsync(StoreSnapshot snapshot, PackageFilter filter, PackagePlace? after, int limit)
    {
        PackagePlace place = filter.Begin(after);
        return snapshot.QueryAsync<PackageRow>(
            Lists(snapshot).Page(filter),
            new
            {
                place.PreparedAt, place.PackageNo, limit, filter.TupleId, filter.RepositoryToken, filter.State, filter.ReleaseTrain,
                filter.HoldReason, filter.PreparedFrom, filter.PreparedBefore, coordinates = snapshot.Keys(filter.Coordinates ?? []),
            });
    }

    /// <summary>The package that a name means, as <see cref="PackageAsync"/> has it, without content.</summary>
    public static Task<PackageRow?> HeadAsync(StoreSnapshot snapshot, string tupleId, string? packageId, long? revision) =>
        snapshot.SingleOrDefaultAsync<PackageRow>(Lists(snapshot).Head(packageId, revision), new { tupleId, packageId, revision, limit = 1 });

    /// <summary>The unmasked contents of some packages, by their numbers.</summary>
    public static async Task<IReadOnlyDictionary<long, string>> ContentsAsync(StoreSnapshot snapshot, IReadOnlyCollection<long> packageNos) =>
        packageNos.Count == 0
            ? new Dictionary<long, string>()
            : (await snapshot.QueryAsync<PackageRow>(Lists(snapshot).Contents, new { numbers = snapshot.Keys(packageNos) })).ToDictionary(r => r.PackageNo, r => r.Content);

    /// <summary>The repositories of tuples after a number.</summary>
    public static Task<IReadOnlyList<TupleRow>> RepositoriesAsync(StoreSnapshot snapshot, long after) =>
        snapshot.QueryAsync<TupleRow>(Sql(snapshot).Repositories, new { after });

    /// <summary>The package of a tuple's chain just before a number, as far as they are known.</summary>
    public static Task<PackageRow?> PackageBeforeAsync(StoreSnapshot snapshot, string tupleId, long revision) =>
        snapshot.SingleOrDefaultAsync<PackageRow>(Sql(snapshot).PackageBefore, new { tupleId, revision, limit = 1 });

    /// <summary>Packages that changed within a range of sequences, in their order.</summary>
    public static Task<IReadOnlyList<PackageRow>> ChangesAsync(
        StoreSnapshot snapshot, string? tupleId, long after, long upTo, int limit) =>
        snapshot.QueryAsync<PackageRow>(Sql(snapshot).Changes(tupleId), new { tupleId, after, upTo, limit });

    /// <summary>The last package of a tuple, the last one with an id, or one revision of that.</summary>
    public static Task<PackageRow?> PackageAsync(StoreSnapshot snapshot, string tupleId, string? packageId, long? revision) =>
        snapshot.SingleOrDefaultAsync<PackageRow>(
            Sql(snapshot).Package(packageId, revision), new { tupleId, packageId, revision, limit = 1 });

    /// <summary>The current ledger of a tuple.</summary>
    public static Task<LedgerRow?> LedgerAsync(StoreSnapshot snapshot, string tupleId) =>
        snapshot.SingleOrDefaultAsync<LedgerRow>(Sql(snapshot).LedgerOf, new { tupleId });

    /// <summary>Ledgers of tuples after a number, in the order in which tuples were first seen.</summary>
    public static Task<IReadOnlyList<LedgerRow>> LedgersAsync(StoreSnapshot snapshot, LedgerFilter filter, long after, int limit) =>
        snapshot.QueryAsync<LedgerRow>(
            Sql(snapshot).Ledgers(filter),
            new { after, limit, filter.RepositoryToken, filter.ReleaseTrain, filter.OnHold, coordinates = snapshot.Keys(filter.Coordinates ?? []) });

    /// <summary>How many tuples a train has, and how many of them are on hold.</summary>
    public static async Task<(int Tuples, int OnHold)> CountTrainAsync(StoreSnapshot snapshot, string releaseTrain, IReadOnlyCollection<string>? coordinates)
    {
        TrainCount count = await snapshot.SingleAsync<TrainCount>(
            Sql(snapshot).CountTrain(coordinates), new { releaseTrain, coordinates = snapshot.Keys(coordinates ?? []) });
        return ((int)count.Tuples, (int)count.OnHold);
    }

    /// <summary>The last package of each of some tuples.</summary>
    public static Task<IReadOnlyList<PackageRow>> LastPackagesAsync(StoreSnapshot snapshot, IEnumerable<long> tupleNos) =>
        snapshot.QueryAsync<PackageRow>(Sql(snapshot).LastPackages, new { numbers = snapshot.Keys(tupleNos) });

    /// <summary>Holds after a tuple and field, by tuple and field.</summary>
    public static Task<IReadOnlyList<HoldRow>> HoldsAsync(
        StoreSnapshot snapshot, HoldFilter filter, long afterTuple, string afterField, int limit) =>
        snapshot.QueryAsync<HoldRow>(
            Sql(snapshot).HoldPage(filter),
            new { afterTuple, afterField, limit, filter.TupleId, filter.Field, filter.Reason, coordinates = snapshot.Keys(filter.Coordinates ?? []) });

    /// <summary>The ledgers of some tuples.</summary>
    public static Task<IReadOnlyList<LedgerRow>> LedgersOfAsync(StoreSnapshot snapshot, IEnumerable<long> tupleNos) =>
        snapshot.QueryAsync<LedgerRow>(Sql(snapshot).LedgersOf, new { numbers = snapshot.Keys(tupleNos) });

    /// <summary>Those of some tuples that there are.</summary>
    public static Task<IReadOnlyList<TupleRow>> TuplesAsync(StoreSnapshot snapshot, IEnumerable<string> tupleIds) =>
        snapshot.QueryAsync<TupleRow>(Sql(snapshot).TuplesOf, new { ids = snapshot.Keys(tupleIds) });

    /// <summary>Whether there is such a tuple.</summary>
    public static async Task<bool> HasTupleAsync(StoreSnapshot snapshot, string tupleId) =>
        await snapshot.SingleAsync<long>(Sql(snapshot).CountTuples, new { tupleId }) > 0;

    private static PackageListStatements Lists(StoreSnapshot snapshot) => PackageListStatements.For(snapshot.Engine);

    private static HandoffStatements Sql(StoreSnapshot snapshot) => HandoffStatements.For(snapshot.Engine);

    private sealed record TrainCount
    {
        public long Tuples { get; init; }
        public long OnHold { get; init; }
    }

    private sealed record Position
    {
        public string StoreId { get; init; } = "";
        public long Sequence { get; init; }
    }
}
