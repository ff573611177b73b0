using Grpc.Core;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>How a call came.</summary>
internal static class Transports
{
    /// <summary>Where gRPC's server keeps the request of a call (Grpc.AspNetCore.Server, <c>ServerCallContextExtensions</c>).</summary>
    private const string Request = "__HttpContext";

    /// <summary>
    /// Whether the answer goes over the wire as Protocol Buffers, gRPC or gRPC-Web. Calls of the JSON form, and those of a class,
    /// read the members of an answer.
    /// </summary>
    public static bool IsBinary(ServerCallContext context) =>
        context.UserState.TryGetValue(Request, out object? http)
        && ((HttpContext)http).Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true;
}
