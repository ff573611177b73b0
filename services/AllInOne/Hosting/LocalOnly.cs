using System.Net;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.AllInOne.Hosting;

/// <summary>
/// Keeps everything but the collectors to this machine: the reconciler's tables ask for no credential, and a token of the
/// handoff should not travel without TLS; so they answer nobody from elsewhere, wherever the process listens.
/// </summary>
internal static class LocalOnly
{
    private static readonly string[] Collectors = [.. Enum.GetValues<Source>().Select(s => $"/{WireNames.Of(s)}")];

    /// <summary>Adds the check.</summary>
    public static void UseLocalOnly(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        bool collector = Array.Exists(Collectors, c => context.Request.Path.StartsWithSegments(c, StringComparison.Ordinal));
        bool local = context.Connection.RemoteIpAddress is not { } remote || IPAddress.IsLoopback(remote);
        return collector || local || context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal)
            ? next(context)
            : Results.Problem(
                statusCode: StatusCodes.Status403Forbidden,
                title: "this machine only",
                detail: "here the handoff answers on this machine only; forward the port: ssh -L").ExecuteAsync(context);
    });
}
