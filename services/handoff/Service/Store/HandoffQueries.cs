using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Store;

/// <summary>The queries behind the API. Pages go by keys that never change, so writes between pages move nothing.</summary>
internal static class HandoffQueries
{
    private const string PackageColumns =
        """
        p.package_no, t.tuple_id, p.package_id, p.revision, p.supersedes, p.state, p.content, p.prepared_at, p.handed_off_at, p.sequence,
        (select n.package_id from package n where n.tuple_no = p.tuple_no and n.revision =
            (select min(m.revision) from package m where m.tuple_no = p.tuple_no and m.revision > p.revision)) as superseded_by
        """;

    /// <summary>The store's own id and its present sequence.</summary>
    public static async Task<(string StoreId, long Sequence)> PositionAsync(StoreSnapshot snapshot)
    {
        Position row = await snapshot.SingleAsync<Position>("select store_id, sequence from handoff");
        return (row.StoreId, row.Sequence);
    }

    /// <summary>Packages older than a number, newest first.</summary>
    public static Task<IReadOnlyList<PackageRow>> PackagesAsync(StoreSnapshot snapshot, PackageFilter filter, long before, int limit)
    {
        string sql =
            $"""
            select {PackageColumns}
            from package p join tuple t on t.tuple_no = p.tuple_no
            where p.package_no < @before
            {If(filter.TupleId, "and t.tuple_id = @TupleId")}
            {If(filter.RepositoryToken, "and t.repository_token = @RepositoryToken")}
            {If(filter.State, "and p.state = @State")}
            {If(filter.ReleaseTrain, "and p.release_train = @ReleaseTrain")}
            {If(filter.HoldReason, "and exists (select 1 from package_reason r where r.reason = @HoldReason and r.package_no = p.package_no)")}
            order by p.package_no desc limit @limit
            """;
        return snapshot.QueryAsync<PackageRow>(
            sql, new { before, limit, filter.TupleId, filter.RepositoryToken, filter.State, filter.ReleaseTrain, filter.HoldReason });
    }

    /// <summary>Packages that changed within a range of sequences, in their order.</summary>
    public static Task<IReadOnlyList<PackageRow>> ChangesAsync(
        StoreSnapshot snapshot, string? tupleId, long after, long upTo, int limit) =>
        snapshot.QueryAsync<PackageRow>(
            $"""
            select {PackageColumns}
            from package p join tuple t on t.tuple_no = p.tuple_no
            where p.sequence > @after and p.sequence <= @upTo {If(tupleId, "and t.tuple_id = @tupleId")}
            order by p.sequence limit @limit
            """,
            new { tupleId, after, upTo, limit });

    /// <summary>The last package of a tuple, the last one with an id, or one revision of that.</summary>
    public static Task<PackageRow?> PackageAsync(StoreSnapshot snapshot, string tupleId, string? packageId, long? revision) =>
        snapshot.SingleOrDefaultAsync<PackageRow>(
            $"""
            select {PackageColumns}
            from package p join tuple t on t.tuple_no = p.tuple_no
            where t.tuple_id = @tupleId
            {If(packageId, "and p.package_id = @packageId")}
            {(revision is null ? "" : "and p.revision = @revision")}
            order by p.revision desc limit 1
            """,
            new { tupleId, packageId, revision });

    /// <summary>The current ledger of a tuple.</summary>
    public static Task<LedgerRow?> LedgerAsync(StoreSnapshot snapshot, string tupleId) =>
        snapshot.SingleOrDefaultAsync<LedgerRow>(
            """
            select l.tuple_no, t.tuple_id, l.revision, l.sha256, l.content, l.recorded_at
            from ledger l join tuple t on t.tuple_no = l.tuple_no where t.tuple_id = @tupleId
            """,
            new { tupleId });

    /// <summary>Ledgers of tuples after a number, in the order in which tuples were first seen.</summary>
    public static Task<IReadOnlyList<LedgerRow>> LedgersAsync(StoreSnapshot snapshot, LedgerFilter filter, long after, int limit) =>
        snapshot.QueryAsync<LedgerRow>(
            $"""
            select l.tuple_no, t.tuple_id, l.revision, l.sha256, l.content, l.recorded_at
            from ledger l join tuple t on t.tuple_no = l.tuple_no
            where l.tuple_no > @after
            {If(filter.RepositoryToken, "and t.repository_token = @RepositoryToken")}
            {If(filter.ReleaseTrain, "and l.release_train = @ReleaseTrain")}
            {(filter.OnHold is null ? "" : "and l.on_hold = @OnHold")}
            order by l.tuple_no limit @limit
            """,
            new { after, limit, filter.RepositoryToken, filter.ReleaseTrain, filter.OnHold });

    /// <summary>Holds after a tuple and field, by tuple and field.</summary>
    public static Task<IReadOnlyList<HoldRow>> HoldsAsync(
        StoreSnapshot snapshot, HoldFilter filter, long afterTuple, string afterField, int limit) =>
        snapshot.QueryAsync<HoldRow>(
            $"""
            select h.tuple_no, h.field,
                (select max(e.at) from hold_event e where e.tuple_no = h.tuple_no and e.hold_id = h.hold_id and e.kind = 'opened') as opened_at
            from hold h join tuple t on t.tuple_no = h.tuple_no
            where (h.tuple_no > @afterTuple or (h.tuple_no = @afterTuple and h.field > @afterField))
            {If(filter.TupleId, "and t.tuple_id = @TupleId")}
            {If(filter.Field, "and h.field = @Field")}
            {(filter.RootOnly ? "and h.is_root = 1" : "")}
            {If(filter.Reason, "and exists (select 1 from hold_reason r where r.reason = @Reason and r.tuple_no = h.tuple_no and r.field = h.field)")}
            order by h.tuple_no, h.field limit @limit
            """,
            new { afterTuple, afterField, limit, filter.TupleId, filter.Field, filter.Reason });

    /// <summary>The ledgers of some tuples.</summary>
    public static Task<IReadOnlyList<LedgerRow>> LedgersOfAsync(StoreSnapshot snapshot, IEnumerable<long> tupleNos) =>
        snapshot.QueryAsync<LedgerRow>(
            """
            select l.tuple_no, t.tuple_id, l.revision, l.sha256, l.content, l.recorded_at
            from ledger l join tuple t on t.tuple_no = l.tuple_no where l.tuple_no in @tupleNos
            """,
            new { tupleNos = tupleNos.Distinct().ToArray() });

    /// <summary>Whether there is such a tuple.</summary>
    public static async Task<bool> HasTupleAsync(StoreSnapshot snapshot, string tupleId) =>
        await snapshot.SingleAsync<long>("select count(*) from tuple where tuple_id = @tupleId", new { tupleId }) > 0;

    private static string If(string? filter, string condition) => filter is null ? "" : condition;

    private sealed record Position
    {
        public string StoreId { get; init; } = "";
        public long Sequence { get; init; }
    }
}
