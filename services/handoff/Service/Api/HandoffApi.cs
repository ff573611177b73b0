using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Handoff.Watching;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>The API, as the proto describes it: checks a request, reads the store, masks.</summary>
internal sealed class HandoffApi(HandoffStore store, MaskedDocuments documents, PackageTail tail, TimeProvider clock)
    : HandoffService.HandoffServiceBase
{
    /// <inheritdoc/>
    public override async Task<ListLedgersResponse> ListLedgers(ListLedgersRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        int size = check.PageSize(request.PageSize);
        var filter = new LedgerFilter
        {
            RepositoryToken = check.RepositoryToken(request.RepositoryToken),
            ReleaseTrain = check.Text("release_train", request.ReleaseTrain),
            OnHold = request.HasOnHold ? request.OnHold : null,
        };
        string query = Tokens.QueryHash("ledgers", filter.RepositoryToken, filter.ReleaseTrain, filter.OnHold);
        string[]? after = check.PageToken(request.PageToken, query, 1);
        check.ThrowIfInvalid();

        (IReadOnlyList<LedgerRow> rows, Func<string, bool> isVisible) = await store.ReadAsync(
            async s =>
            {
                IReadOnlyList<LedgerRow> page = await HandoffQueries.LedgersAsync(s, filter, Number(after, 0), size + 1);
                return (page, await TupleScopes.VisibleAsync(s, Caller.Of(context).Scope, page.Select(l => l.TupleId)));
            },
            context.CancellationToken);
        var response = new ListLedgersResponse();
        response.Ledgers.Add(rows.Take(size).Where(row => isVisible(row.TupleId)).Select(row => LedgerMessages.Of(row, documents.Of(row), documents.KeyVersion, withContent: false)));
        response.NextPageToken = rows.Count > size ? Tokens.Page(query, Tokens.Text(rows[size - 1].TupleNo)) : "";
        return response;
    }

    /// <inheritdoc/>
    public override async Task<Ledger> GetLedger(GetLedgerRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        string tupleId = check.LedgerName(request.Name);
        check.ThrowIfInvalid();

        LedgerRow row = await store.ReadAsync(s => HandoffQueries.LedgerAsync(s, tupleId), context.CancellationToken)
            ?? throw ApiErrors.NotFound("ledger", ApiErrors.FindTuples);
        return LedgerMessages.Of(row, documents.Of(row), documents.KeyVersion, withContent: true);
    }

    /// <inheritdoc/>
    public override async Task<ListCorrectionPackagesResponse> ListCorrectionPackages(
        ListCorrectionPackagesRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        int size = check.PageSize(request.PageSize);
        var filter = new PackageFilter
        {
            TupleId = check.Parent(request.Parent),
            RepositoryToken = check.RepositoryToken(request.RepositoryToken),
            State = check.State(request.State),
            HoldReason = check.Name("hold_reason", request.HoldReason),
            ReleaseTrain = check.Text("release_train", request.ReleaseTrain),
        };
        string query = Tokens.QueryHash(
            "packages", filter.TupleId, filter.RepositoryToken, filter.State, filter.HoldReason, filter.ReleaseTrain);
        string[]? before = check.PageToken(request.PageToken, query, 1);
        check.ThrowIfInvalid();

        (IReadOnlyList<PackageRow> rows, Func<string, bool> isVisible) = await store.ReadAsync(
            async s =>
            {
                await RequireTupleAsync(s, filter.TupleId);
                IReadOnlyList<PackageRow> page = await HandoffQueries.PackagesAsync(s, filter, Number(before, long.MaxValue), size + 1);
                return (page, await TupleScopes.VisibleAsync(s, Caller.Of(context).Scope, page.Select(p => p.TupleId)));
            },
            context.CancellationToken);
        var response = new ListCorrectionPackagesResponse();
        response.Packages.Add(rows.Take(size).Where(row => isVisible(row.TupleId)).Select(row => PackageMessages.Of(row, documents.Of(row), documents.KeyVersion, withContent: false)));
        response.NextPageToken = rows.Count > size ? Tokens.Page(query, Tokens.Text(rows[size - 1].PackageNo)) : "";
        return response;
    }

    /// <inheritdoc/>
    public override async Task<CorrectionPackage> GetCorrectionPackage(GetCorrectionPackageRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        (string tupleId, string? packageId, long? revision) = check.PackageName(request.Name);
        check.ThrowIfInvalid();

        PackageRow row = await store.ReadAsync(
            s => HandoffQueries.PackageAsync(s, tupleId, packageId, revision), context.CancellationToken)
            ?? throw ApiErrors.NotFound("package", "ListCorrectionPackages returns the names that there are");
        return PackageMessages.Of(row, documents.Of(row), documents.KeyVersion, withContent: true);
    }

    /// <inheritdoc/>
    public override async Task WatchCorrectionPackages(
        WatchCorrectionPackagesRequest request, IServerStreamWriter<WatchCorrectionPackagesResponse> responseStream, ServerCallContext context)
    {
        var check = new RequestCheck();
        string? tupleId = check.Parent(request.Parent);
        TimeSpan heartbeat = check.Heartbeat(request.HeartbeatInterval);
        (string storeId, long latest) = await store.ReadAsync(HandoffQueries.PositionAsync, context.CancellationToken);
        long after = check.ResumeToken(request.ResumeToken, storeId, latest);
        check.ThrowIfInvalid();
        await store.ReadAsync(
            async s =>
            {
                await RequireTupleAsync(s, tupleId);
                return true;
            },
            context.CancellationToken);

        // Headers at once: a client of a quiet stream must not take it for a hanging one.
        await context.WriteResponseHeadersAsync([]);
        await new PackageWatch(store, tail, clock, storeId, tupleId, new VisibleTuples(store, Caller.Of(context).Scope), heartbeat)
            .RunAsync(after, responseStream, context.CancellationToken);
    }

    /// <inheritdoc/>
    public override async Task<ListHoldsResponse> ListHolds(ListHoldsRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        int size = check.PageSize(request.PageSize);
        var filter = new HoldFilter
        {
            TupleId = check.Parent(request.Parent),
            Reason = check.Name("reason", request.Reason),
            Field = check.Name<Contracts.Field>("field", request.Field),
            RootOnly = request.RootOnly,
        };
        string query = Tokens.QueryHash("holds", filter.TupleId, filter.Reason, filter.Field, filter.RootOnly);
        string[]? after = check.PageToken(request.PageToken, query, 2);
        check.ThrowIfInvalid();

        (IReadOnlyList<HoldRow> rows, IReadOnlyList<LedgerRow> ledgers, Func<string, bool> isVisible) = await store.ReadAsync(
            async s =>
            {
                await RequireTupleAsync(s, filter.TupleId);
                IReadOnlyList<HoldRow> holds = await HandoffQueries.HoldsAsync(s, filter, Number(after, 0), after?[1] ?? "", size + 1);
                IReadOnlyList<LedgerRow> theirs = await HandoffQueries.LedgersOfAsync(s, holds.Select(h => h.TupleNo));
                return (holds, theirs, await TupleScopes.VisibleAsync(s, Caller.Of(context).Scope, theirs.Select(l => l.TupleId)));
            },
            context.CancellationToken);
        Dictionary<long, LedgerRow> byTuple = ledgers.ToDictionary(l => l.TupleNo);
        var response = new ListHoldsResponse();
        response.Holds.Add(rows.Take(size)
            .Where(row => isVisible(byTuple[row.TupleNo].TupleId))
            .Select(row => HoldOf(row, byTuple[row.TupleNo])));
        response.NextPageToken = rows.Count > size
            ? Tokens.Page(query, Tokens.Text(rows[size - 1].TupleNo), rows[size - 1].Field)
            : "";
        return response;
    }

    private Hold HoldOf(HoldRow row, LedgerRow ledger)
    {
        LedgerView view = documents.Of(ledger).View;
        Hold hold = LedgerMessages.Of(row.Field, view.For(row.Field)!.Hold!);
        hold.Tuple = LedgerMessages.Tuple(view.Tuple, ledger.TupleId);
        hold.Ledger = LedgerMessages.NameOf(ledger.TupleId);
        hold.OpenTime = row.OpenedAt is { } at ? Timestamp.FromDateTimeOffset(at) : null;
        return hold;
    }

    private static async Task RequireTupleAsync(Storage.StoreSnapshot snapshot, string? tupleId)
    {
        if (tupleId is not null && !await HandoffQueries.HasTupleAsync(snapshot, tupleId))
        {
            throw ApiErrors.NotFound("tuple", ApiErrors.FindTuples);
        }
    }

    private static long Number(string[]? key, long otherwise) =>
        key is not null && Tokens.TryNumber(key[0], out long number) ? number : otherwise;
}
