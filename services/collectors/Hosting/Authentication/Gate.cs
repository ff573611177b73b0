using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Authentication;

/// <summary>
/// Lets a request through, or answers it. Every refusal is counted by scheme and reason, and logged with the sender's
/// address; never with what it showed or sent.
/// </summary>
internal sealed class Gate(Source source, CollectorMetrics metrics, int retryAfterSeconds)
{
    /// <summary>Null when the request may go on to its body; else the answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="check">The endpoint's.</param>
    /// <param name="endpoint">A name of ours for it: the format, or what it is for.</param>
    public async ValueTask<Refusal?> OfRequestAsync(HttpContext context, ISenderCheck check, string endpoint) =>
        Judge(context, check, endpoint, await check.OfRequestAsync(context));

    /// <summary>Null when the body is that of a sender; else the answer.</summary>
    public Refusal? OfBody(HttpContext context, ISenderCheck check, string endpoint, ReadOnlySpan<byte> body) =>
        Judge(context, check, endpoint, check.OfBody(context, body));

    private Refusal? Judge(HttpContext context, ISenderCheck check, string endpoint, Admission admission)
    {
        if (admission == Admission.Admitted)
        {
            return null;
        }

        string reason = WireNames.Of(admission);
        metrics.Refused(endpoint, check.Scheme, reason);
        context.RequestServices.GetRequiredService<ILogger<Gate>>().LogWarning(
            "Collector {Source}: a request to {Endpoint} from {Address} was refused: {Scheme} {Reason}",
            WireNames.Of(source), endpoint, context.Connection.RemoteIpAddress, check.Scheme, reason);
        return admission switch
        {
            Admission.NotLocal => new Refusal("forbidden", Problems.Of(StatusCodes.Status403Forbidden, "no credential is configured", check.Wanted)),
            Admission.Undecided => Undecided(context),
            _ => Unauthenticated(context, check, admission),
        };
    }

    private static Refusal Unauthenticated(HttpContext context, ISenderCheck check, Admission admission)
    {
        // RFC 9110, section 15.5.2: a 401 names the scheme that is wanted.
        context.Response.Headers.WWWAuthenticate = check is StaticSecret or OpenIdToken ? "Bearer" : check.Scheme;
        string title = admission switch
        {
            Admission.Missing => "credential missing",
            Admission.Untimely => "credential out of its time",
            _ => "wrong credential",
        };
        return new Refusal("unauthenticated", Problems.Of(StatusCodes.Status401Unauthorized, title, check.Wanted));
    }

    private Refusal Undecided(HttpContext context)
    {
        context.Response.Headers.RetryAfter = retryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return new Refusal("undecided", Problems.Of(
            StatusCodes.Status503ServiceUnavailable, "not now", "the keys of the token's issuer can't be read; send it again"));
    }
}

/// <summary>The answer to a request that was not let through.</summary>
/// <param name="Label">Its name in metrics.</param>
/// <param name="Result">The answer.</param>
internal sealed record Refusal(string Label, IResult Result);
