using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Audit;
using ReleaseIntegrity.Handoff.Deciding;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>The RPC that asks the reconciler for everything again: one transaction writes the request, its audit event and its message.</summary>
internal sealed class RebuildCalls(HandoffStore store, AuditLog audit, TimeProvider clock)
{
    /// <inheritdoc cref="HandoffApi.Rebuild"/>
    public async Task<RebuildResponse> Rebuild(RebuildRequest request, ServerCallContext context)
    {
        var check = new RequestCheck();
        string id = check.RequestId(request.RequestId);
        check.ThrowIfInvalid();

        var requestId = Guid.ParseExact(id, "D");
        string subject = Caller.Of(context).Subject;
        DateTimeOffset at = await store.Store.WriteAsync(
            async transaction =>
            {
                await transaction.LockAsync([$"rebuild/{id}"]);
                if (await transaction.SingleOrDefaultAsync<DateTimeOffset?>(RebuildStatements.RequestedAt, new { requestId }) is { } known)
                {
                    return known;
                }

                DateTimeOffset now = clock.GetUtcNow();
                await transaction.ExecuteAsync(RebuildStatements.Insert, new { requestId, subject, now });
                await store.Outbox.EnqueueAsync(transaction, [MessageOf(new RebuildRequested { RequestId = requestId, RequestedAt = now })]);
                await audit.AppendAsync(transaction, new AuditEntry { Subject = subject, Kind = AuditKinds.Rebuild, Detail = new JsonObject { ["request"] = id } });
                return now;
            },
            context.CancellationToken);
        return new RebuildResponse { RequestTime = Timestamp.FromDateTimeOffset(at) };
    }

    private static OutboxMessage MessageOf(RebuildRequested request) => new()
    {
        Id = OutboxMessage.DerivedId(MessageTypes.NameOf<RebuildRequested>(), request.RequestId.ToString("D")),
        Type = MessageTypes.NameOf<RebuildRequested>(),
        Payload = MessageTypes.Serialise(request),
        Destination = Queues.Rebuilds.Name,
    };
}
