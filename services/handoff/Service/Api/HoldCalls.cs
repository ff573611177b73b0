using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Reading.Meanings;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>The RPCs about holds.</summary>
internal sealed class HoldCalls(HandoffStore store, MaskedDocuments documents)
{
    /// <inheritdoc cref="HandoffApi.ListHolds"/>
    public async Task<ListHoldsResponse> ListHolds(ListHoldsRequest request, ServerCallContext context)
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

        (IReadOnlyList<HoldRow> rows, IReadOnlyList<LedgerRow> ledgers) = await store.ReadAsync(
            async s =>
            {
                await Tuples.RequireAsync(s, filter.TupleId);
                HoldFilter visible = filter with { Coordinates = await store.Repositories.InAsync(s, Caller.Of(context).Scope) };
                IReadOnlyList<HoldRow> holds = await HandoffQueries.HoldsAsync(s, visible, Tokens.Number(after, 0, 0), after?[1] ?? "", size + 1);
                return (holds, await HandoffQueries.LedgersOfAsync(s, holds.Select(h => h.TupleNo)));
            },
            context.CancellationToken);
        Dictionary<long, LedgerRow> byTuple = ledgers.ToDictionary(l => l.TupleNo);
        var response = new ListHoldsResponse();
        response.Holds.Add(rows.Take(size)
            .Select(row => HoldOf(row, byTuple[row.TupleNo])));
        response.NextPageToken = rows.Count > size
            ? Tokens.Page(query, Tokens.Text(rows[size - 1].TupleNo), rows[size - 1].Field)
            : "";
        return response;
    }

    /// <inheritdoc cref="HandoffApi.GetHoldRelease"/>
    public async Task<HoldRelease> GetHoldRelease(GetHoldReleaseRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        (string tupleId, string field) = check.HoldName(request.Name);
        check.ThrowIfInvalid();

        LedgerRow row = await store.ReadAsync(s => HandoffQueries.LedgerAsync(s, tupleId), context.CancellationToken)
            ?? throw ApiErrors.NotFound("ledger", Tuples.Find);
        LedgerView ledger = documents.Of(row).View;
        HoldView hold = ledger.For(field)?.Hold ?? throw ApiErrors.NotFound("hold", "ListHolds returns those that there are");
        FieldView? root = ledger.Fields.FirstOrDefault(f => f.Hold is not null && f.Hold.Id == hold.Root);
        var release = new HoldRelease
        {
            Hold = LedgerMessages.Of(field, hold),
            Root = root is null ? null : LedgerMessages.Of(root.Field, root.Hold!),
        };
        release.Dependents.Add(ledger.Fields.Where(f => f.Hold?.Root == hold.Id).Select(f => f.Field));
        release.Sentences.Add(hold.ReleaseWhen.Select(ReleaseSentences.Of));
        return release;
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
}
