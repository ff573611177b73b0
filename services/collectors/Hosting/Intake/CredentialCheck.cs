using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace ReleaseIntegrity.Collectors.Hosting.Intake;

/// <summary>What a request's credential comes to.</summary>
internal enum Admission
{
    Admitted,

    /// <summary>No credential was shown: 401.</summary>
    Unauthenticated,

    /// <summary>A wrong one was shown, or none is configured and the request is not local: 403.</summary>
    Forbidden,
}

/// <summary>
/// Compares a request's credential with the configured secrets in a time that does not depend on either. Without
/// configured secrets only requests are admitted that came in over a loopback address and were not made by a web page:
/// a page open in a browser of the same machine can reach loopback too.
/// </summary>
internal static class CredentialCheck
{
    private const string Bearer = "Bearer ";

    public static Admission Of(HttpContext context, CredentialOptions? credential)
    {
        if (credential is null)
        {
            return IsLocal(context) ? Admission.Admitted : Admission.Forbidden;
        }

        StringValues shown = context.Request.Headers[credential.Header];
        if (StringValues.IsNullOrEmpty(shown))
        {
            return Admission.Unauthenticated;
        }

        string value = shown.ToString();
        bool isAuthorization = string.Equals(credential.Header, "Authorization", StringComparison.OrdinalIgnoreCase);
        string token = isAuthorization && value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? value[Bearer.Length..].Trim()
            : value;

        // Every comparison is made, so that the time tells nothing about which one matched.
        bool matches = false;
        foreach (string secret in credential.Secrets)
        {
            matches |= Same(value, secret);
            matches |= Same(token, secret);
        }

        return matches ? Admission.Admitted : Admission.Forbidden;
    }

    private static bool Same(string shown, string secret) =>
        CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(shown)), SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private static bool IsLocal(HttpContext context)
    {
        // No address: a Unix socket, or a server inside the process.
        IPAddress? address = context.Connection.LocalIpAddress;
        bool viaLoopback = address is null || IPAddress.IsLoopback(address);
        string host = context.Request.Host.Host.Trim('[', ']');
        bool asLoopback = host.Length == 0
            || string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out IPAddress? named) && IPAddress.IsLoopback(named));
        IHeaderDictionary headers = context.Request.Headers;
        bool fromPage = headers.ContainsKey("Origin") || (headers.ContainsKey("Sec-Fetch-Site") && headers["Sec-Fetch-Site"] != "none");
        return viaLoopback && asLoopback && !fromPage;
    }
}
