using System.Text.Json;

namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary>
/// OAuth 2.0 client credentials (RFC 6749 section 4.4). The one place where anything is posted: to a token endpoint, a form
/// that asks for a token, and nothing else. A test holds that.
/// </summary>
internal sealed class TokenExchange(Func<HttpClient> client, Uri address, string clientId, TimeProvider clock)
{
    private const int LargestAnswer = 64 * 1024;
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(60);

    private Token? _token;

    /// <summary>A token that is good for now.</summary>
    /// <exception cref="SourceException">The endpoint gives none.</exception>
    public async Task<string> TokenAsync(string secret, CancellationToken cancellationToken)
    {
        // Two requests at once may each exchange one: both are good.
        if (_token is not { } known || known.Until <= clock.GetUtcNow())
        {
            (string text, TimeSpan lasts) = await SourceTroubles.TellAsync(() => ExchangeAsync(secret, cancellationToken), cancellationToken);
            _token = known = new Token(text, clock.GetUtcNow() + (lasts - Early > Shortest ? lasts - Early : Shortest));
        }

        return known.Text;
    }

    private async Task<(string Token, TimeSpan Lasts)> ExchangeAsync(string secret, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials", ["client_id"] = clientId, ["client_secret"] = secret,
            }),
        };
        using HttpResponseMessage response = await client().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw SourceTroubles.Of(response, clock.GetUtcNow());
        }

        try
        {
            await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellationToken);
            using JsonDocument answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            string? token = answer.RootElement.GetProperty("access_token").GetString();
            bool says = answer.RootElement.TryGetProperty("expires_in", out JsonElement seconds) && seconds.ValueKind == JsonValueKind.Number;
            return (token ?? "", TimeSpan.FromSeconds(says ? seconds.GetDouble() : 0));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new SourceException(SourceTrouble.Unexpected, "the token endpoint's answer holds no access_token", e);
        }
    }

    private sealed record Token(string Text, DateTimeOffset Until);
}
