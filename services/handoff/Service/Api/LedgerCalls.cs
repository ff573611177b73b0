using Grpc.Core;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>The RPCs about ledgers.</summary>
internal sealed class LedgerCalls(HandoffStore store, MaskedDocuments documents)
{
    /// <inheritdoc cref="HandoffApi.ListLedgers"/>
    public async Task<ListLedgersResponse> ListLedgers(ListLedgersRequest request, ServerCallContext context)
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
                IReadOnlyList<LedgerRow> page = await HandoffQueries.LedgersAsync(s, filter, Tokens.Number(after, 0, 0), size + 1);
                return (page, await TupleScopes.VisibleAsync(s, Caller.Of(context).Scope, page.Select(l => l.TupleId)));
            },
            context.CancellationToken);
        var response = new ListLedgersResponse();
        response.Ledgers.Add(rows.Take(size)
            .Where(row => isVisible(row.TupleId))
            .Select(row => LedgerMessages.Of(row, documents.Of(row), documents.KeyVersion, withContent: false)));
        response.NextPageToken = rows.Count > size ? Tokens.Page(query, Tokens.Text(rows[size - 1].TupleNo)) : "";
        return response;
    }

    /// <inheritdoc cref="HandoffApi.GetLedger"/>
    public async Task<Ledger> GetLedger(GetLedgerRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        string tupleId = check.LedgerName(request.Name);
        check.ThrowIfInvalid();

        LedgerRow row = await store.ReadAsync(s => HandoffQueries.LedgerAsync(s, tupleId), context.CancellationToken)
            ?? throw ApiErrors.NotFound("ledger", Tuples.Find);
        return LedgerMessages.Of(row, documents.Of(row), documents.KeyVersion, withContent: true);
    }
}
