using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Api;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Audit;

/// <summary>Reveals, and reads the audit log, as the proto describes it.</summary>
internal sealed class AuditApi(HandoffStore store, Disclosure disclosure) : AuditService.AuditServiceBase
{
    /// <inheritdoc/>
    public override Task<RevealedField> RevealField(RevealFieldRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        string tupleId = check.LedgerName(request.Name);
        string field = check.RequiredField("field", request.Field);
        string reason = check.Reason("reason", request.Reason);
        check.ThrowIfInvalid();
        return disclosure.RevealAsync(Caller.Of(context), tupleId, field, reason, context.CancellationToken);
    }

    /// <inheritdoc/>
    public override async Task<ListAuditEventsResponse> ListAuditEvents(ListAuditEventsRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        int size = check.PageSize(request.PageSize);
        var filter = new AuditFilter
        {
            TupleId = request.Tuple.Length == 0 ? null : check.Tuple(request.Tuple, "tuple"),
            Kind = check.Name("kind", request.Kind),
            Subject = check.Text("subject", request.Subject),
        };
        string query = Tokens.QueryHash("audit", filter.TupleId, filter.Kind, filter.Subject);
        string[]? before = check.PageToken(request.PageToken, query, 1);
        check.ThrowIfInvalid();

        long from = before is not null && Tokens.TryNumber(before[0], out long number) ? number : long.MaxValue;
        IReadOnlyList<AuditRow> rows = await store.ReadAsync(s => AuditLog.ListAsync(s, filter, from, size + 1), context.CancellationToken);
        var response = new ListAuditEventsResponse();
        response.Events.Add(rows.Take(size).Select(EventOf));
        response.NextPageToken = rows.Count > size ? Tokens.Page(query, Tokens.Text(rows[size - 1].Sequence)) : "";
        return response;
    }

    /// <inheritdoc/>
    public override async Task<VerifyAuditChainResponse> VerifyAuditChain(VerifyAuditChainRequest request, ServerCallContext context)
    {
        ChainFinding found = await store.ReadAsync(AuditLog.VerifyAsync, context.CancellationToken);
        return new VerifyAuditChainResponse
        {
            Intact = found.FirstBroken == 0,
            EventCount = found.Intact,
            FirstBrokenSequence = found.FirstBroken,
            Problem = found.Problem,
            HeadHash = found.Head,
        };
    }

    private static AuditEvent EventOf(AuditRow row) => new()
    {
        Sequence = row.Sequence,
        Time = Timestamp.FromDateTimeOffset(row.At),
        Subject = row.Subject,
        Kind = row.Kind,
        Tuple = row.TupleId is null ? "" : "tuples/" + row.TupleId,
        DetailJson = row.Detail,
        PreviousHash = row.PreviousHash,
        Hash = row.Hash,
    };
}
