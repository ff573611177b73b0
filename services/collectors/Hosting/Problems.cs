using Microsoft.AspNetCore.Http;

namespace ReleaseIntegrity.Collectors.Hosting;

/// <summary>Refusals as <c>application/problem+json</c> (RFC 9457). No detail quotes what the caller sent.</summary>
internal static class Problems
{
    public static IResult Of(int status, string title, string detail, IDictionary<string, object?>? extensions = null) =>
        TypedResults.Problem(detail, statusCode: status, title: title, extensions: extensions);
}
