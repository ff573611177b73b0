using Grpc.Core;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>The RPC about release trains.</summary>
internal sealed class ReleaseCalls(HandoffStore store, MaskedDocuments documents)
{
    /// <inheritdoc cref="HandoffApi.GetReleaseView"/>
    public async Task<ReleaseView> GetReleaseView(GetReleaseViewRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        string train = check.ReleaseName(request.Name);
        int size = check.PageSize(request.PageSize);
        string query = Tokens.QueryHash("release", train);
        string[]? after = check.PageToken(request.PageToken, query, 1);
        check.ThrowIfInvalid();

        ((int tuples, int onHold), IReadOnlyList<LedgerRow> ledgers, Dictionary<string, PackageRow> packages) = await store.ReadAsync(
            async s =>
            {
                (int, int) counts = await HandoffQueries.CountTrainAsync(s, train);
                IReadOnlyList<LedgerRow> page = await HandoffQueries.LedgersAsync(
                    s, new LedgerFilter { ReleaseTrain = train }, Tokens.Number(after, 0, 0), size + 1);
                IReadOnlyList<PackageRow> last = await HandoffQueries.LastPackagesAsync(s, page.Take(size).Select(l => l.TupleNo));
                return (counts, page, last.ToDictionary(p => p.TupleId));
            },
            context.CancellationToken);
        if (tuples == 0)
        {
            throw ApiErrors.NotFound("release", "ListCorrectionPackages shows the trains, where the policy doesn't mask them");
        }

        var view = new ReleaseView { Name = $"releases/{train}", TupleCount = tuples, OnHoldCount = onHold };
        view.Tuples.Add(ledgers.Take(size).Select(l => ReleaseMessages.Of(l, documents.Of(l).View, packages.GetValueOrDefault(l.TupleId))));
        view.NextPageToken = ledgers.Count > size ? Tokens.Page(query, Tokens.Text(ledgers[size - 1].TupleNo)) : "";
        return view;
    }
}
