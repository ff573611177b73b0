using System.Text.Json.Nodes;
using System.Threading.RateLimiting;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Store;

namespace ReleaseIntegrity.Handoff.Audit;

/// <summary>
/// Notes in the audit log what was denied to callers with a good token. Who is denied all the time fills it no faster
/// than ten events a minute; who has no token leaves none.
/// </summary>
internal sealed class DeniedCalls(HandoffStore store, AuditLog log) : IDisposable
{
    private const int EventsPerMinute = 10;

    private readonly PartitionedRateLimiter<string> _limits = PartitionedRateLimiter.Create<string, string>(
        subject => RateLimitPartition.GetFixedWindowLimiter(subject, _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = EventsPerMinute,
            Window = TimeSpan.FromMinutes(1),
        }));

    /// <summary>Notes one.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="method">What was called: <c>/service/method</c>.</param>
    /// <param name="reason">Why it was denied, as the caller was told.</param>
    /// <param name="cancellationToken">Of the call.</param>
    public async Task NoteAsync(Caller caller, string method, string reason, CancellationToken cancellationToken)
    {
        using RateLimitLease lease = _limits.AttemptAcquire(caller.Subject);
        if (lease.IsAcquired)
        {
            var entry = new AuditEntry
            {
                Subject = caller.Subject,
                Kind = AuditKinds.Denied,
                Detail = new JsonObject { ["method"] = method, ["reason"] = reason },
            };
            await store.Store.WriteAsync(transaction => log.AppendAsync(transaction, entry), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _limits.Dispose();
}
