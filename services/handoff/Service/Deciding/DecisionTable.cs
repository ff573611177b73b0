using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Deciding;

/// <summary>Decisions and the repairs that they authorise, as rows.</summary>
internal sealed class DecisionTable(string engine)
{
    private readonly DecisionStatements _sql = DecisionStatements.For(engine);

    /// <summary>The number of a tuple, null where there is none.</summary>
    public Task<long?> TupleNoAsync(StoreSnapshot snapshot, string tupleId) =>
        snapshot.SingleOrDefaultAsync<long?>(_sql.TupleNo, new { tupleId });

    /// <summary>The decision that a request made, or null.</summary>
    public Task<DecisionRow?> OfRequestAsync(StoreSnapshot snapshot, string requestId) =>
        snapshot.SingleOrDefaultAsync<DecisionRow>(_sql.OfRequest, new { requestId });

    /// <summary>Decisions older than a number, newest first.</summary>
    public Task<IReadOnlyList<DecisionRow>> PageAsync(StoreSnapshot snapshot, DecisionFilter filter, long before, int limit) =>
        snapshot.QueryAsync<DecisionRow>(_sql.Page(filter), new { before, limit, filter.TupleId, filter.Kind, filter.PackageId, coordinates = snapshot.Keys(filter.Coordinates ?? []) });

    /// <summary>Writes a decision; returns it as it stands.</summary>
    public async Task<DecisionRow> InsertAsync(StoreTransaction transaction, DecisionRow row)
    {
        await transaction.ExecuteAsync(_sql.Insert, row);
        return (await OfRequestAsync(transaction, row.RequestId))!;
    }

    /// <summary>The authorisation of the same writes that waits for a second person, and whose it is; null where none does.</summary>
    public Task<DecisionRow?> AwaitingAsync(StoreSnapshot snapshot, long tupleNo, long revision, string writes) =>
        snapshot.SingleOrDefaultAsync<DecisionRow>(_sql.Awaiting, new { tupleNo, revision, writes });

    /// <summary>The pin of the same candidate that waits for a second person, whose it is and until when; null where none does.</summary>
    public Task<DecisionRow?> AwaitingPinAsync(StoreSnapshot snapshot, DecisionRow pin) =>
        snapshot.SingleOrDefaultAsync<DecisionRow>(_sql.AwaitingPin, new { pin.TupleNo, pin.PackageRevision, pin.Field, pin.Candidate, pin.DecidedAt });

    /// <summary>Makes a decision effective that waited.</summary>
    public Task ConfirmAsync(StoreTransaction transaction, long decisionNo, string steward) =>
        transaction.ExecuteAsync(_sql.Confirm, new { state = DecisionStates.Effective, steward, decisionNo });

    /// <summary>The last pin of a field, or its taking back; null before the first.</summary>
    public Task<DecisionRow?> LastPinAsync(StoreSnapshot snapshot, long tupleNo, string field) =>
        snapshot.SingleOrDefaultAsync<DecisionRow>(_sql.LastPin, new { tupleNo, field });

    /// <summary>Begins to follow writes.</summary>
    public async Task InsertAsync(StoreTransaction transaction, IEnumerable<RepairRow> repairs)
    {
        foreach (RepairRow repair in repairs)
        {
            await transaction.ExecuteAsync(_sql.InsertRepair, repair);
        }
    }

    /// <summary>Writes down what was seen.</summary>
    public Task UpdateAsync(StoreTransaction transaction, RepairRow repair) => transaction.ExecuteAsync(_sql.UpdateRepair, repair);

    /// <summary>The writes of a package that were authorised.</summary>
    public Task<IReadOnlyList<RepairRow>> RepairsAsync(StoreSnapshot snapshot, long tupleNo, long revision) =>
        snapshot.QueryAsync<RepairRow>(_sql.RepairsOfPackage, new { tupleNo, revision });

    /// <summary>The writes that some decisions authorised.</summary>
    public async Task<ILookup<long, RepairRow>> RepairsAsync(StoreSnapshot snapshot, IEnumerable<DecisionRow> decisions) =>
        (await snapshot.QueryAsync<RepairRow>(_sql.RepairsOfDecisions, new { numbers = snapshot.Keys(decisions.Select(d => d.DecisionNo)) }))
            .ToLookup(r => r.DecisionNo);

    /// <summary>What the ledgers of some tuples have still to show.</summary>
    public async Task<ILookup<long, RepairRow>> OpenAsync(StoreSnapshot snapshot, IEnumerable<long> tupleNos) =>
        (await snapshot.QueryAsync<RepairRow>(_sql.OpenRepairs, new { numbers = snapshot.Keys(tupleNos) })).ToLookup(r => r.TupleNo);

    /// <summary>The unmasked content of a package; null while it is away, which a store that is being rebuilt may have.</summary>
    public Task<string?> PackageAsync(StoreSnapshot snapshot, long tupleNo, long revision) =>
        snapshot.SingleOrDefaultAsync<string>(_sql.PackageContent, new { tupleNo, revision });
}
