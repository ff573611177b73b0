using Grpc.Core;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Steward;

/// <summary>The generated services over made answers.</summary>
internal sealed class FakeHandoffService(Answers answers) : HandoffService.HandoffServiceBase
{
    public override Task<ListLedgersResponse> ListLedgers(ListLedgersRequest request, ServerCallContext context) => answers.To<ListLedgersResponse>(request, context);

    public override Task<Ledger> GetLedger(GetLedgerRequest request, ServerCallContext context) => answers.To<Ledger>(request, context);

    public override Task<ListCorrectionPackagesResponse> ListCorrectionPackages(ListCorrectionPackagesRequest request, ServerCallContext context) => answers.To<ListCorrectionPackagesResponse>(request, context);

    public override Task<CorrectionPackage> GetCorrectionPackage(GetCorrectionPackageRequest request, ServerCallContext context) => answers.To<CorrectionPackage>(request, context);

    public override async Task WatchCorrectionPackages(
        WatchCorrectionPackagesRequest request, IServerStreamWriter<WatchCorrectionPackagesResponse> responseStream, ServerCallContext context)
    {
        foreach (WatchCorrectionPackagesResponse response in await answers.To<WatchCorrectionPackagesResponse[]>(request, context))
        {
            await responseStream.WriteAsync(response);
        }

        throw new RpcException(new Status(StatusCode.Unavailable, "going down"));
    }

    public override Task<ListHoldsResponse> ListHolds(ListHoldsRequest request, ServerCallContext context) => answers.To<ListHoldsResponse>(request, context);

    public override Task<PackageDiff> DiffCorrectionPackages(DiffCorrectionPackagesRequest request, ServerCallContext context) => answers.To<PackageDiff>(request, context);

    public override Task<ExportedPackage> ExportCorrectionPackage(ExportCorrectionPackageRequest request, ServerCallContext context) => answers.To<ExportedPackage>(request, context);

    public override Task<FieldExplanation> ExplainField(ExplainFieldRequest request, ServerCallContext context) => answers.To<FieldExplanation>(request, context);

    public override Task<ListTimelineResponse> ListTimeline(ListTimelineRequest request, ServerCallContext context) => answers.To<ListTimelineResponse>(request, context);

    public override Task<ReleaseView> GetReleaseView(GetReleaseViewRequest request, ServerCallContext context) => answers.To<ReleaseView>(request, context);

    public override Task<RebuildResponse> Rebuild(RebuildRequest request, ServerCallContext context) => answers.To<RebuildResponse>(request, context);

    public override Task<Evaluation> GetEvaluation(GetEvaluationRequest request, ServerCallContext context) => answers.To<Evaluation>(request, context);
}

/// <inheritdoc cref="FakeHandoffService"/>
internal sealed class FakeDecisionService(Answers answers) : DecisionService.DecisionServiceBase
{
    public override Task<Decision> AcknowledgePackage(AcknowledgePackageRequest request, ServerCallContext context) => answers.To<Decision>(request, context);

    public override Task<Decision> AuthorizeRepair(AuthorizeRepairRequest request, ServerCallContext context) => answers.To<Decision>(request, context);

    public override Task<Decision> ReturnPackage(ReturnPackageRequest request, ServerCallContext context) => answers.To<Decision>(request, context);

    public override Task<Decision> AnnotateField(AnnotateFieldRequest request, ServerCallContext context) => answers.To<Decision>(request, context);

    public override Task<Decision> PinField(PinFieldRequest request, ServerCallContext context) => answers.To<Decision>(request, context);

    public override Task<Decision> UnpinField(UnpinFieldRequest request, ServerCallContext context) => answers.To<Decision>(request, context);

    public override Task<ListDecisionsResponse> ListDecisions(ListDecisionsRequest request, ServerCallContext context) => answers.To<ListDecisionsResponse>(request, context);

    public override Task<Rollback> GetRollback(GetRollbackRequest request, ServerCallContext context) => answers.To<Rollback>(request, context);
}

/// <inheritdoc cref="FakeHandoffService"/>
internal sealed class FakeAuditService(Answers answers) : AuditService.AuditServiceBase
{
    public override Task<RevealedField> RevealField(RevealFieldRequest request, ServerCallContext context) => answers.To<RevealedField>(request, context);

    public override Task<ListAuditEventsResponse> ListAuditEvents(ListAuditEventsRequest request, ServerCallContext context) => answers.To<ListAuditEventsResponse>(request, context);

    public override Task<VerifyAuditChainResponse> VerifyAuditChain(VerifyAuditChainRequest request, ServerCallContext context) => answers.To<VerifyAuditChainResponse>(request, context);
}
