using Grpc.Core;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Storage;

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
                (int, int) counts = scope.IsEverything
                    ? await HandoffQueries.CountTrainAsync(s, train)
                    : await CountInScopeAsync(s, train, scope);
                IReadOnlyList<LedgerRow> page = await HandoffQueries.LedgersAsync(
                    s, new LedgerFilter { ReleaseTrain = train }, Tokens.Number(after, 0, 0), size + 1);
                Func<string, bool> isVisible = await TupleScopes.VisibleAsync(s, scope, page.Select(l => l.TupleId));
                LedgerRow[] shown = [.. page.Take(size).Where(l => isVisible(l.TupleId))];
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

    private static async Task<(int Tuples, int OnHold)> CountInScopeAsync(StoreSnapshot snapshot, string train, RepositoryScope scope)
    {
        IReadOnlyList<TupleRow> tuples = await HandoffQueries.TuplesOfTrainAsync(snapshot, train);
        TupleRow[] visible = [.. tuples.Where(t => scope.Includes(t.Reference))];
        return (visible.Length, visible.Count(t => t.OnHold));
    }
}
