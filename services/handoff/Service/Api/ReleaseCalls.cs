using Grpc.Core;
using ReleaseIntegrity.Handoff.Access;
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

        RepositoryScope scope = Caller.Of(context).Scope;
        ((int tuples, int onHold), LedgerRow[] ledgers, bool more, Dictionary<string, PackageRow> packages, long last) = await store.ReadAsync(
            async s =>
            {
                IReadOnlyCollection<string>? visible = await store.Repositories.InAsync(s, scope);
                (int, int) counts = await HandoffQueries.CountTrainAsync(s, train, visible);
                IReadOnlyList<LedgerRow> page = await HandoffQueries.LedgersAsync(
                    s, new LedgerFilter { ReleaseTrain = train, Coordinates = visible }, Tokens.Number(after, 0, 0), size + 1);
                LedgerRow[] shown = [.. page.Take(size)];
                IReadOnlyList<PackageRow> standing = await HandoffQueries.LastPackagesAsync(s, shown.Select(l => l.TupleNo));
                return (counts, shown, page.Count > size, standing.ToDictionary(p => p.TupleId), page.Count > size ? page[size - 1].TupleNo : 0);
            },
            context.CancellationToken);
        if (tuples == 0)
        {
            throw ApiErrors.NotFound("release", "ListCorrectionPackages shows the trains, where the policy doesn't mask them");
        }

        var view = new ReleaseView { Name = $"releases/{train}", TupleCount = tuples, OnHoldCount = onHold };
        view.Tuples.Add(ledgers.Select(l => ReleaseMessages.Of(l, documents.Of(l).View, packages.GetValueOrDefault(l.TupleId))));
        view.NextPageToken = more ? Tokens.Page(query, Tokens.Text(last)) : "";
        return view;
    }
}
