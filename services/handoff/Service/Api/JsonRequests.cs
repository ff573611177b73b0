using Google.Rpc;
using Microsoft.AspNetCore.Http.Features;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>The limit of the JSON form: gRPC's own limit isn't asked about bodies that come as JSON.</summary>
internal static class JsonRequests
{
    private const string Root = "/v1";

    /// <summary>Refuses bodies of the JSON form that are longer than a request may be.</summary>
    public static void UseJsonLimit(this IApplicationBuilder app, int maximumBytes) => app.Use(async (context, next) =>
    {
        if (!context.Request.Path.StartsWithSegments(Root, StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        if (context.Request.ContentLength > maximumBytes)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            await context.Response.WriteAsJsonAsync(new { code = (int)Code.ResourceExhausted, message = $"a request has at most {maximumBytes} bytes", details = Array.Empty<object>() });
            return;
        }

        // A body of a length that isn't said ends there.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = maximumBytes;
        }

        await next(context);
    });
}
