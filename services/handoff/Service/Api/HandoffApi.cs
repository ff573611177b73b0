using Grpc.Core;
using ReleaseIntegrity.Handoff.Audit;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Handoff.Watching;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>
/// The API, as the proto describes it. Each family of RPCs has a class of its own, that checks a request, reads the store
/// and masks.
/// </summary>
internal sealed class HandoffApi(
    HandoffStore store, MaskedDocuments documents, StandingAnswers answers, PackageTail tail, AuditLog audit, HandoffOptions options, TimeProvider clock)
    : HandoffService.HandoffServiceBase
{
    private readonly LedgerCalls _ledgers = new(store, documents, clock);
    private readonly HoldCalls _holds = new(store, documents);
    private readonly PackageCalls _packages = new(store, documents, answers);
    private readonly ReleaseCalls _releases = new(store, documents);
    private readonly ExportCalls _exports = new(store, documents, audit, options);
    private readonly EvaluationCalls _evaluations = new(store, clock);
    private readonly RebuildCalls _rebuilds = new(store, audit, clock);
    private readonly WatchCalls _watches = new(store, tail, clock);

    /// <inheritdoc/>
    public override Task<ListLedgersResponse> ListLedgers(ListLedgersRequest request, ServerCallContext context) =>
        _ledgers.ListLedgers(request, context);

    /// <inheritdoc/>
    public override Task<Ledger> GetLedger(GetLedgerRequest request, ServerCallContext context) =>
        _ledgers.GetLedger(request, context);

    /// <inheritdoc/>
    public override Task<ListHoldsResponse> ListHolds(ListHoldsRequest request, ServerCallContext context) =>
        _holds.ListHolds(request, context);

    /// <inheritdoc/>
    public override Task<ListCorrectionPackagesResponse> ListCorrectionPackages(ListCorrectionPackagesRequest request, ServerCallContext context) =>
        _packages.ListCorrectionPackages(request, context);

    /// <inheritdoc/>
    public override Task<CorrectionPackage> GetCorrectionPackage(GetCorrectionPackageRequest request, ServerCallContext context) =>
        _packages.GetCorrectionPackage(request, context);

    /// <inheritdoc/>
    public override Task<PackageDiff> DiffCorrectionPackages(DiffCorrectionPackagesRequest request, ServerCallContext context) =>
        _packages.DiffCorrectionPackages(request, context);

    /// <inheritdoc/>
    public override Task<ListWriteTargetsResponse> ListWriteTargets(ListWriteTargetsRequest request, ServerCallContext context) =>
        _packages.ListWriteTargets(request, context);

    /// <inheritdoc/>
    public override Task<FieldExplanation> ExplainField(ExplainFieldRequest request, ServerCallContext context) =>
        _ledgers.ExplainField(request, context);

    /// <inheritdoc/>
    public override Task<ListTimelineResponse> ListTimeline(ListTimelineRequest request, ServerCallContext context) =>
        _ledgers.ListTimeline(request, context);

    /// <inheritdoc/>
    public override Task<HoldRelease> GetHoldRelease(GetHoldReleaseRequest request, ServerCallContext context) =>
        _holds.GetHoldRelease(request, context);

    /// <inheritdoc/>
    public override Task<ReleaseView> GetReleaseView(GetReleaseViewRequest request, ServerCallContext context) =>
        _releases.GetReleaseView(request, context);

    /// <inheritdoc/>
    public override Task<ExportedPackage> ExportCorrectionPackage(ExportCorrectionPackageRequest request, ServerCallContext context) =>
        _exports.ExportCorrectionPackage(request, context);

    /// <inheritdoc/>
    public override Task<Evaluation> GetEvaluation(GetEvaluationRequest request, ServerCallContext context) =>
        _evaluations.GetEvaluation(request, context);

    /// <inheritdoc/>
    public override Task<RebuildResponse> Rebuild(RebuildRequest request, ServerCallContext context) =>
        _rebuilds.Rebuild(request, context);

    /// <inheritdoc/>
    public override Task WatchCorrectionPackages(
        WatchCorrectionPackagesRequest request, IServerStreamWriter<WatchCorrectionPackagesResponse> responseStream, ServerCallContext context) =>
        _watches.WatchCorrectionPackages(request, responseStream, context);
}
