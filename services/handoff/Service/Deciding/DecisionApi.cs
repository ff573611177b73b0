using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Api;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Deciding;

/// <summary>Decisions over gRPC, as decisions.proto describes them: checks a request for form, decides, masks the answer.</summary>
internal sealed class DecisionApi(
    HandoffStore store, Decider decider, MaskedDocuments documents, HandoffOptions options, TimeProvider clock)
    : DecisionService.DecisionServiceBase
{
    private readonly DecisionTable _decisions = new(store.Store.Engine);

    /// <inheritdoc/>
    public override Task<Decision> AcknowledgePackage(AcknowledgePackageRequest request, ServerCallContext context) => DecideAsync(
        context, DecisionKinds.Acknowledge, request, request.Name, request.Etag, request.RequestId, request.ValidateOnly, (check, proposal) =>
            proposal with { Note = check.Note("note", request.Note, required: false) });

    /// <inheritdoc/>
    public override Task<Decision> AuthorizeRepair(AuthorizeRepairRequest request, ServerCallContext context) => DecideAsync(
        context, DecisionKinds.AuthorizeRepair, request, request.Name, request.Etag, request.RequestId, request.ValidateOnly, (check, proposal) =>
            proposal with { Note = check.Note("note", request.Note, required: false), WriteIds = [.. request.WriteIds] });

    /// <inheritdoc/>
    public override Task<Decision> ReturnPackage(ReturnPackageRequest request, ServerCallContext context) => DecideAsync(
        context, DecisionKinds.Return, request, request.Name, request.Etag, request.RequestId, request.ValidateOnly, (check, proposal) =>
            proposal with { Note = check.Note("reason", request.Reason, required: true) });

    /// <inheritdoc/>
    public override Task<Decision> AnnotateField(AnnotateFieldRequest request, ServerCallContext context) => DecideAsync(
        context, DecisionKinds.Annotate, request, request.Name, request.Etag, request.RequestId, request.ValidateOnly, (check, proposal) =>
            proposal with { Note = check.Note("note", request.Note, required: true), Field = check.Field(request.Field) });

    /// <inheritdoc/>
    public override Task<Decision> PinField(PinFieldRequest request, ServerCallContext context) => DecideAsync(
        context, DecisionKinds.Pin, request, request.Name, request.Etag, request.RequestId, request.ValidateOnly, (check, proposal) =>
            proposal with
            {
                Note = check.Note("reason", request.Reason, required: true),
                Field = check.Field(request.Field),
                Candidate = request.Candidate,
                ExpiresAt = check.Expiry(request.ExpireTime, clock.GetUtcNow(), options.MaximumPinDuration),
            });

    /// <inheritdoc/>
    public override Task<Decision> UnpinField(UnpinFieldRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        string tupleId = check.LedgerName(request.Name);
        return DecideAsync(context, check, request, new Proposal
        {
            Kind = DecisionKinds.Unpin, TupleId = tupleId, RequestId = check.RequestId(request.RequestId), RequestSha256 = "", Steward = "",
            ValidateOnly = request.ValidateOnly, Field = check.Field(request.Field), Note = check.Note("reason", request.Reason, required: true),
        });
    }

    /// <inheritdoc/>
    public override async Task<ListDecisionsResponse> ListDecisions(ListDecisionsRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        int size = check.PageSize(request.PageSize);
        var filter = new DecisionFilter
        {
            TupleId = check.Parent(request.Parent),
            Kind = check.OneOf("kind", request.Kind, DecisionKinds.All),
            PackageId = check.Text("package_id", request.PackageId),
        };
        string query = Tokens.QueryHash("decisions", filter.TupleId, filter.Kind, filter.PackageId);
        string[]? before = check.PageToken(request.PageToken, query, 1);
        check.ThrowIfInvalid();

        long from = before is not null && Tokens.TryNumber(before[0], out long number) ? number : long.MaxValue;
        (IReadOnlyList<DecisionRow> rows, ILookup<long, RepairRow> repairs) = await store.ReadAsync(
            async s =>
            {
                if (filter.TupleId is not null && await _decisions.TupleNoAsync(s, filter.TupleId) is null)
                {
                    throw ApiErrors.NotFound("tuple", "ListLedgers returns the names that there are");
                }

                DecisionFilter visible = filter with { Coordinates = await store.Repositories.InAsync(s, Caller.Of(context).Scope) };
                IReadOnlyList<DecisionRow> page = await _decisions.PageAsync(s, visible, from, size + 1);
                return (page, await _decisions.RepairsAsync(s, page));
            },
            context.CancellationToken);
        var response = new ListDecisionsResponse();
        response.Decisions.Add(rows.Take(size).Select(row => DecisionMessages.Of(row, repairs[row.DecisionNo], documents, validateOnly: false)));
        response.NextPageToken = rows.Count > size ? Tokens.Page(query, Tokens.Text(rows[size - 1].DecisionNo)) : "";
        return response;
    }

    /// <inheritdoc/>
    public override async Task<Rollback> GetRollback(GetRollbackRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        (string tupleId, string packageId, long? revision) = check.DecidedPackage(request.Name);
        check.ThrowIfInvalid();

        (PackageRow package, LedgerRow? ledger, IReadOnlyList<RepairRow> repairs) = await store.ReadAsync(
            async s =>
            {
                PackageRow row = await HandoffQueries.PackageAsync(s, tupleId, packageId, revision)
                    ?? throw ApiErrors.NotFound("package", "ListCorrectionPackages returns the names that there are");
                long tupleNo = (await _decisions.TupleNoAsync(s, tupleId))!.Value;
                return (row, await HandoffQueries.LedgerAsync(s, tupleId), await _decisions.RepairsAsync(s, tupleNo, row.Revision));
            },
            context.CancellationToken);
        IReadOnlySet<string> writes = RollbackRules.Writes(
            DocumentReader.Package(package.Content), repairs, ledger is null ? null : DocumentReader.Ledger(ledger.Content));
        var rollback = new Rollback { Package = PackageMessages.NameOf(tupleId, package.PackageId, package.Revision) };
        rollback.Writes.Add(documents.Of(package).View.ProposedWrites.Where(w => writes.Contains(w.Id))
            .Select(w => LedgerMessages.Of(w with { Patch = w.Inverse, Inverse = w.Patch })));
        return rollback;
    }

    private Task<Decision> DecideAsync(
        ServerCallContext context, string kind, IMessage request, string name, string etag, string requestId, bool validateOnly,
        Func<RequestCheck, Proposal, Proposal> read)
    {
        var check = new RequestCheck();
        (string tupleId, string packageId, long? revision) = check.DecidedPackage(name);
        var proposal = new Proposal
        {
            Kind = kind, TupleId = tupleId, PackageId = packageId, Revision = revision, Etag = check.Etag(etag),
            RequestId = check.RequestId(requestId), RequestSha256 = "", Steward = "", ValidateOnly = validateOnly,
        };
        return DecideAsync(context, check, request, read(check, proposal));
    }

    private async Task<Decision> DecideAsync(ServerCallContext context, RequestCheck check, IMessage request, Proposal proposal)
    {
        check.ThrowIfInvalid();
        string steward = Caller.Of(context).Subject;
        byte[] asked = [.. Encoding.UTF8.GetBytes($"{request.Descriptor.FullName}\n{steward}\n"), .. request.ToByteArray()];
        DecisionRow row = await decider.DecideAsync(
            proposal with { Steward = steward, RequestSha256 = Convert.ToHexStringLower(SHA256.HashData(asked)) }, context.CancellationToken);
        IEnumerable<RepairRow> repairs = proposal.ValidateOnly
            ? []
            : (await store.ReadAsync(s => _decisions.RepairsAsync(s, [row]), context.CancellationToken))[row.DecisionNo];
        return DecisionMessages.Of(row, repairs, documents, proposal.ValidateOnly);
    }
}
