using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>
/// Errors as google.rpc.Status (https://google.aip.dev/193). Their texts are fixed: what a client sent is not repeated,
/// since it may be a secret sent to the wrong place.
/// </summary>
internal static class ApiErrors
{
    private const string Domain = "handoff.releaseintegrity.dev";

    /// <summary>INVALID_ARGUMENT with one violation per wrong field.</summary>
    public static RpcException InvalidArgument(IEnumerable<(string Field, string Description)> violations)
    {
        var badRequest = new BadRequest();
        badRequest.FieldViolations.Add(violations.Select(v => new BadRequest.Types.FieldViolation { Field = v.Field, Description = v.Description }));
        string text = string.Join("; ", badRequest.FieldViolations.Select(v => $"{v.Field}: {v.Description}"));
        return Of(Code.InvalidArgument, text, badRequest, Info("INVALID_REQUEST"));
    }

    /// <summary>NOT_FOUND of a kind of resource.</summary>
    public static RpcException NotFound(string kind, string fix) =>
        Of(Code.NotFound, $"there is no such {kind}; {fix}", new ResourceInfo { ResourceType = kind }, Info("NOT_FOUND"));

    /// <summary>UNAUTHENTICATED, with what to do.</summary>
    public static RpcException Unauthenticated(string reason, string text) => Of(Code.Unauthenticated, text, Info(reason));

    /// <summary>PERMISSION_DENIED, with what it takes.</summary>
    public static RpcException PermissionDenied(string reason, string text) => Of(Code.PermissionDenied, text, Info(reason));

    /// <summary>UNAVAILABLE: something that the service needs is away for a moment.</summary>
    public static RpcException Unavailable(string reason, string text) =>
        Of(Code.Unavailable, text, new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(5)) }, Info(reason));

    /// <summary>FAILED_PRECONDITION: the service isn't set up for it.</summary>
    public static RpcException NotConfigured(string fix) => Of(Code.FailedPrecondition, fix, Info("NOT_CONFIGURED"));

    /// <summary>RESOURCE_EXHAUSTED: the client has to come back later.</summary>
    public static RpcException Exhausted(string text, TimeSpan retryAfter, string reason = "WATCH_LIMIT") =>
        Of(Code.ResourceExhausted, text, new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryAfter) }, Info(reason));

    /// <summary>UNAVAILABLE: the service is stopping.</summary>
    public static RpcException Stopping() =>
        Of(Code.Unavailable, "the service is stopping; watch again with the last resume token", new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) }, Info("STOPPING"));

    /// <summary>A call that ended before its work did, as its client asked.</summary>
    public static RpcException Ended(StatusCode code, string text) => Of((Code)(int)code, text, Info("CALL_ENDED"));

    /// <summary>INTERNAL: something that nobody foresaw.</summary>
    public static RpcException Internal() => Of(Code.Internal, "something went wrong that nobody foresaw; the service's log says where", Info("UNFORESEEN"));

    internal static ErrorInfo Info(string reason) => new() { Reason = reason, Domain = Domain };

    internal static RpcException Of(Code code, string text, params IMessage[] details)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = text };
        status.Details.Add(details.Select(Any.Pack));
        return status.ToRpcException();
    }
}
