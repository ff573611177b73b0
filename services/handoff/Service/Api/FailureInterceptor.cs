using System.Data.Common;
using Grpc.Core;
using Grpc.Core.Interceptors;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>
/// Tells failures that no RPC foresaw in codes that a client can act on: a store that is away is UNAVAILABLE, an end that the
/// client asked for is CANCELLED or DEADLINE_EXCEEDED, anything else is INTERNAL and stands in the log by its kind and place.
/// Texts of exceptions are told to nobody, since they may quote what is masked.
/// </summary>
internal sealed class FailureInterceptor(HandoffStore store, TimeProvider clock, ILogger<FailureInterceptor> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw Told(e, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw Told(e, context);
        }
    }

    private RpcException Told(Exception e, ServerCallContext context)
    {
        if (context.CancellationToken.IsCancellationRequested)
        {
            return clock.GetUtcNow().UtcDateTime >= context.Deadline
                ? ApiErrors.Ended(StatusCode.DeadlineExceeded, "the call took longer than its deadline allows; nothing that it would have written was written")
                : ApiErrors.Ended(StatusCode.Cancelled, "the call was cancelled");
        }

        if (IsAway(e))
        {
            logger.LogWarning("{Method} failed, the store is away: {Error}", context.Method, e.GetType().Name);
            return ApiErrors.Unavailable("STORE_UNAVAILABLE", "the service's store can't be used at the moment; try again");
        }

        logger.LogError("{Method} failed with {Error} at {Place}", context.Method, e.GetType().FullName, e.StackTrace);
        return ApiErrors.Internal();
    }

    private bool IsAway(Exception e) =>
        e is StoreException or ObjectDisposedException or TimeoutException or IOException || (e is DbException && !store.Store.IsUniqueViolation(e));
}
