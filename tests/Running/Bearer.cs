using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ReleaseIntegrity.Tests.Running;

/// <summary>Sends a token with every call, HTTP or gRPC.</summary>
public sealed class Bearer(string token) : DelegatingHandler(new SocketsHttpHandler { EnableMultipleHttp2Connections = true })
{
    /// <summary>
    /// A token for every role and repository, made by the letter of RFC 7519 and RFC 7515 and none of the product's code.
    /// </summary>
    /// <param name="key">Hex digits of the signing key, as its file holds them.</param>
    public static string ForEverything(string key)
    {
        string header = Part(new { alg = "HS256", typ = "JWT" });
        string claims = Part(new
        {
            iss = "release-integrity",
            aud = "release-integrity-handoff",
            sub = "tests",
            roles = new[] { "viewer", "steward", "discloser", "admin" },
            exp = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds(),
        });
        byte[] signature = HMACSHA256.HashData(Convert.FromHexString(key), Encoding.ASCII.GetBytes($"{header}.{claims}"));
        return $"{header}.{claims}.{Base64Url.EncodeToString(signature)}";
    }

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization ??= new AuthenticationHeaderValue("Bearer", token);
        return base.SendAsync(request, cancellationToken);
    }

    private static string Part(object content) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(content));
}
