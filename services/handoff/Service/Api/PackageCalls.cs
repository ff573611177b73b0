using Grpc.Core;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Comparing;
using ReleaseIntegrity.Handoff.Deciding;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>The RPCs about packages.</summary>
internal sealed class PackageCalls(HandoffStore store, MaskedDocuments documents, StandingAnswers answers)
{
    private const int MaximumNotes = 200;

    private readonly DecisionTable _decisions = new(store.Store.Engine);
    private readonly PackageSummaries _summaries = new(documents);

    /// <inheritdoc cref="HandoffApi.ListCorrectionPackages"/>
    public async Task<ListCorrectionPackagesResponse> ListCorrectionPackages(
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
            PreparedFrom = check.Instant("prepared_from", request.PreparedFrom),
            PreparedBefore = check.Instant("prepared_before", request.PreparedBefore),
            Ascending = check.Ascending(request.OrderBy),
        };
        string query = Tokens.QueryHash(
            "packages", filter.TupleId, filter.RepositoryToken, filter.State, filter.HoldReason, filter.ReleaseTrain,
            filter.PreparedFrom, filter.PreparedBefore, filter.Ascending);
        string[]? after = check.PageToken(request.PageToken, query, 2);
        check.ThrowIfInvalid();

        RepositoryScope scope = Caller.Of(context).Scope;
        return await answers.OfAsync((query, request.PageToken, size, scope), () => ListAsync(filter, after, size, query, scope, context.CancellationToken), context.CancellationToken);
    }

    private async Task<ListCorrectionPackagesResponse> ListAsync(
        PackageFilter filter, string[]? after, int size, string query, RepositoryScope scope, CancellationToken cancellationToken)
    {
        (IReadOnlyList<PackageRow> rows, IReadOnlyList<CorrectionPackage> shown) = await store.ReadAsync(
            async s =>
            {
                await Tuples.RequireAsync(s, filter.TupleId);
                PackageFilter visible = filter with { Coordinates = await store.Repositories.InAsync(s, scope) };
                IReadOnlyList<PackageRow> page = await HandoffQueries.PackagesAsync(s, visible, PackagePlace.Of(after), size + 1);
                return (page, await _summaries.OfAsync(s, [.. page.Take(size)]));
            },
            cancellationToken);
        var response = new ListCorrectionPackagesResponse();
        response.Packages.Add(shown);
        response.NextPageToken = rows.Count > size ? Tokens.Page(query, PackagePlace.Of(rows[size - 1]).ToKey()) : "";
        return response;
    }

    /// <inheritdoc cref="HandoffApi.GetCorrectionPackage"/>
    public async Task<CorrectionPackage> GetCorrectionPackage(GetCorrectionPackageRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        (string tupleId, string? packageId, long? revision) = check.PackageName(request.Name);
        check.ThrowIfInvalid();

        bool binary = Transports.IsBinary(context);
        return await answers.OfAsync((request.Name, binary), () => GetAsync(tupleId, packageId, revision, binary, context.CancellationToken), context.CancellationToken);
    }

    private async Task<CorrectionPackage> GetAsync(string tupleId, string? packageId, long? revision, bool binary, CancellationToken cancellationToken)
    {
        (PackageRow row, SerialisedPackage? known, IReadOnlyList<DecisionRow> annotated) = await store.ReadAsync(
            async s =>
            {
                PackageRow head = await HandoffQueries.HeadAsync(s, tupleId, packageId, revision) ?? throw NotFound();
                SerialisedPackage? serialised = binary ? documents.Serialised(head.PackageId) : null;
                return (
                    serialised is null ? head with { Content = (await HandoffQueries.ContentsAsync(s, [head.PackageNo]))[head.PackageNo] } : head,
                    serialised,
                    await _decisions.PageAsync(s, new DecisionFilter { TupleId = tupleId, Kind = DecisionKinds.Annotate }, long.MaxValue, MaximumNotes));
            },
            cancellationToken);
        CorrectionPackage package = binary
            ? PackageMessages.Stand(CorrectionPackage.Of(known ?? documents.Serialise(row)), row)
            : PackageMessages.Of(row, documents.Of(row), documents.KeyVersion);
        package.Notes.Add(annotated.Reverse().Select(d => DecisionMessages.Annotation(d, documents)));
        return package;
    }

    /// <inheritdoc cref="HandoffApi.DiffCorrectionPackages"/>
    public async Task<PackageDiff> DiffCorrectionPackages(DiffCorrectionPackagesRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        (string tupleId, string? packageId, long? revision) = check.PackageName(request.Name);
        long baseRevision = check.Revision("base_revision", request.BaseRevision);
        check.ThrowIfInvalid();

        (PackageRow later, PackageRow? earlier) = await store.ReadAsync(
            async s =>
            {
                PackageRow row = await FindAsync(s, tupleId, packageId, revision);
                check.Earlier("base_revision", baseRevision, row.Revision);
                check.ThrowIfInvalid();
                return (row, baseRevision == 0
                    ? await HandoffQueries.PackageBeforeAsync(s, tupleId, row.Revision)
                    : await FindAsync(s, tupleId, null, baseRevision));
            },
            context.CancellationToken);
        var diff = new PackageDiff
        {
            Name = PackageMessages.NameOf(later.TupleId, later.PackageId, later.Revision),
            Base = earlier is null ? "" : PackageMessages.NameOf(earlier.TupleId, earlier.PackageId, earlier.Revision),
        };
        diff.Changes.Add(PackageMessages.Of(PackageComparison.Compare(
            earlier is null ? null : documents.Of(earlier).View, documents.Of(later).View)));
        return diff;
    }

    /// <inheritdoc cref="HandoffApi.ListWriteTargets"/>
    public async Task<ListWriteTargetsResponse> ListWriteTargets(ListWriteTargetsRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        (string tupleId, string? packageId, long? revision) = check.PackageName(request.Parent, "parent");
        check.ThrowIfInvalid();

        PackageRow row = await store.ReadAsync(s => FindAsync(s, tupleId, packageId, revision), context.CancellationToken);
        var response = new ListWriteTargetsResponse();
        response.WriteTargets.Add(documents.Of(row).View.WriteTargets.Select(LedgerMessages.Of));
        return response;
    }

    /// <summary>The package that a name means.</summary>
    /// <exception cref="RpcException">NOT_FOUND.</exception>
    internal static async Task<PackageRow> FindAsync(StoreSnapshot snapshot, string tupleId, string? packageId, long? revision) =>
        await HandoffQueries.PackageAsync(snapshot, tupleId, packageId, revision) ?? throw NotFound();

    private static RpcException NotFound() => ApiErrors.NotFound("package", "ListCorrectionPackages returns the names that there are");
}
