using System.Net;
using Microsoft.AspNetCore.Http;

namespace ReleaseIntegrity.Collectors.Hosting.Authentication;

/// <summary>
/// Without a credential only requests are admitted that came in over a loopback address and were not made by a web page:
/// a page open in a browser of the same machine can reach loopback too.
/// </summary>
internal sealed class LocalCallers : ISenderCheck
{
    public string Scheme => "local";

    public string Wanted => "without a credential only programs on this machine are admitted, addressing it as localhost or a loopback address";

    public ValueTask<Admission> OfRequestAsync(HttpContext context) =>
        ValueTask.FromResult(IsLocal(context) ? Admission.Admitted : Admission.NotLocal);

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
