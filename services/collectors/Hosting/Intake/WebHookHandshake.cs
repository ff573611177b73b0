using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace ReleaseIntegrity.Collectors.Hosting.Intake;

/// <summary>
/// The question of a CloudEvents sender whether it may send here (CloudEvents 1.0, "HTTP 1.1 Web Hooks", section 4; Event
/// Grid asks it too). Only configured origins are told yes. An answer asked for by <c>WebHook-Request-Callback</c> is given
/// at once and never by calling it, since nobody has shown who they are.
/// </summary>
internal static class WebHookHandshake
{
    private const string AnyOrigin = "*";

    public static IResult Answer(HttpContext context, CollectorOptions options)
    {
        IHeaderDictionary asked = context.Request.Headers;
        IHeaderDictionary answer = context.Response.Headers;
        answer.Allow = "POST";
        string origin = asked["WebHook-Request-Origin"].ToString();
        if (origin.Length == 0)
        {
            return TypedResults.Ok();
        }

        if (!options.WebHookOrigins.Any(o => o == AnyOrigin || string.Equals(o, origin, StringComparison.OrdinalIgnoreCase)))
        {
            return Problems.Of(StatusCodes.Status403Forbidden, "origin not allowed", "the origin is not among the collector's WebHookOrigins");
        }

        answer["WebHook-Allowed-Origin"] = origin;
        if (asked.ContainsKey("WebHook-Request-Rate"))
        {
            answer["WebHook-Allowed-Rate"] = options.WebHookRatePerMinute == 0
                ? "*"
                : options.WebHookRatePerMinute.ToString(CultureInfo.InvariantCulture);
        }

        return TypedResults.Ok();
    }
}
