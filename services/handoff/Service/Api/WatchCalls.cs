using Grpc.Core;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Handoff.Watching;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>The RPC that watches.</summary>
internal sealed class WatchCalls(HandoffStore store, PackageTail tail, TimeProvider clock)
{
    /// <inheritdoc cref="HandoffApi.WatchCorrectionPackages"/>
    public async Task WatchCorrectionPackages(
        WatchCorrectionPackagesRequest request, IServerStreamWriter<WatchCorrectionPackagesResponse> responseStream, ServerCallContext context)
    {
        var check = new RequestCheck();
        string? tupleId = check.Parent(request.Parent);
        TimeSpan heartbeat = check.Heartbeat(request.HeartbeatInterval);
        (string storeId, long latest) = await store.ReadAsync(HandoffQueries.PositionAsync, context.CancellationToken);
        long after = check.ResumeToken(request.ResumeToken, storeId, latest);
        check.ThrowIfInvalid();
        await store.ReadAsync(
            async s =>
            {
                await Tuples.RequireAsync(s, tupleId);
                return true;
            },
            context.CancellationToken);

        // Headers at once: a client of a quiet stream must not take it for a hanging one.
        await context.WriteResponseHeadersAsync([]);
        await new PackageWatch(store, tail, clock, storeId, tupleId, Caller.Of(context).Scope, heartbeat, Transports.IsBinary(context))
            .RunAsync(after, responseStream, context.CancellationToken);
    }
}
