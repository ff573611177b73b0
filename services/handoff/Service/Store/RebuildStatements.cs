namespace ReleaseIntegrity.Handoff.Store;

/// <summary>The SQL of requests to have everything sent again; the same on every engine.</summary>
internal static class RebuildStatements
{
    public static string RequestedAt { get; } = "select requested_at from rebuild_request where request_id = @requestId";

    public static string Insert { get; } =
        "insert into rebuild_request (request_id, subject, requested_at) values (@requestId, @subject, @now)";
}
