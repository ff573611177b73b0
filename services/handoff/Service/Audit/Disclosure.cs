using System.Text.Json.Nodes;
using System.Threading.RateLimiting;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Api;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Handoff.Audit;

/// <summary>
/// The only way round the masker: one field of one ledger, to a discloser with a reason. It is in the audit log, on disk,
/// before anything is answered, and each discloser has so many an hour.
/// </summary>
internal sealed class Disclosure(HandoffStore store, MaskedDocuments documents, AuditLog log, HandoffOptions options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _limits = PartitionedRateLimiter.Create<string, string>(
        subject => RateLimitPartition.GetFixedWindowLimiter(subject, _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = options.RevealsPerHour,
            Window = TimeSpan.FromHours(1),
        }));

    /// <summary>Reveals a field.</summary>
    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND, or RESOURCE_EXHAUSTED with when to come back.</exception>
    public async Task<RevealedField> RevealAsync(Caller caller, string tupleId, string field, string reason, CancellationToken cancellationToken)
    {
        using RateLimitLease lease = _limits.AttemptAcquire(caller.Subject);
        if (!lease.IsAcquired)
        {
            throw ApiErrors.Exhausted(
                $"a discloser may reveal {options.RevealsPerHour} fields an hour; come back later",
                lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan later) ? later : TimeSpan.FromHours(1),
                "REVEAL_LIMIT");
        }

        return await store.Store.WriteAsync(
            async transaction =>
            {
                LedgerRow row = await HandoffQueries.LedgerAsync(transaction, tupleId) ?? throw ApiErrors.NotFound("ledger", "ListLedgers returns the names that there are");
                FieldView view = DocumentReader.Ledger(row.Content).For(field)
                    ?? throw ApiErrors.NotFound("field", "GetLedger returns the fields that there are");
                LedgerField content = LedgerMessages.Of(view);
                var revealed = new RevealedField { Field = field, Authoritative = content.Authoritative, LedgerRevision = row.Revision };
                revealed.Candidates.Add(content.Candidates);
                revealed.AuditSequence = await log.AppendAsync(transaction, new AuditEntry
                {
                    Subject = caller.Subject,
                    Kind = AuditKinds.Reveal,
                    TupleId = tupleId,
                    Detail = new JsonObject
                    {
                        ["field"] = field,
                        ["ledgerRevision"] = Tokens.Text(row.Revision),
                        ["ledgerSha256"] = row.Sha256,
                        ["reason"] = documents.Note(reason, row.Content),
                    },
                });
                return revealed;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _limits.Dispose();
}
