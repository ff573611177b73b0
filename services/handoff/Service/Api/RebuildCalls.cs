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

        DateTimeOffset at = await RequestAsync(Guid.ParseExact(id, "D"), Caller.Of(context).Subject, context.CancellationToken);
        return new RebuildResponse { RequestTime = Timestamp.FromDateTimeOffset(at) };
    }

    /// <summary>Asks, once for each id; returns when.</summary>
    internal Task<DateTimeOffset> RequestAsync(Guid requestId, string subject, CancellationToken cancellationToken) => store.Store.WriteAsync(
        async transaction =>
        {
            string id = requestId.ToString("D");
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
        cancellationToken);

    private static OutboxMessage MessageOf(RebuildRequested request) => new()
    {
        Id = OutboxMessage.DerivedId(MessageTypes.NameOf<RebuildRequested>(), request.RequestId.ToString("D")),
        Type = MessageTypes.NameOf<RebuildRequested>(),
        Payload = MessageTypes.Serialise(request),
        Destination = Queues.Rebuilds.Name,
    };
}
