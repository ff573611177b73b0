using Grpc.Core;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>How a call came.</summary>
internal static class Transports
{
    private const string Binary = "application/grpc";

    /// <summary>Notes in a call of a server whether it came as Protocol Buffers.</summary>
    public static void NoteIn(ServerCallContext context) =>
        context.UserState[typeof(Transports)] = context.GetHttpContext().Request.ContentType?.StartsWith(Binary, StringComparison.Ordinal) == true;

    /// <summary>
    /// Whether the answer goes over the wire as Protocol Buffers, gRPC or gRPC-Web. Calls of the JSON form, and those of a class,
    /// read the members of an answer.
    /// </summary>
    public static bool IsBinary(ServerCallContext context) => context.UserState.TryGetValue(typeof(Transports), out object? binary) && (bool)binary;
}
