using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ReleaseIntegrity.Collectors.Hosting.Resync.Oci;

/// <summary>
/// The token dance of registries (distribution-spec "Authentication"; CNCF Distribution "Token Authentication
/// Specification"): an answer of 401 names a realm, which gives a token for a scope. Everything is a <c>GET</c>.
/// </summary>
internal sealed partial class OciTokens(SourceHttp http, Uri registry)
{
    private readonly ConcurrentDictionary<string, AuthenticationHeaderValue> _tokens = new(StringComparer.Ordinal);

    /// <summary>Asks with what opened the scope last; once more where the registry wants something else.</summary>
    /// <param name="request">What to read.</param>
    /// <param name="scope">What the token is for, to be remembered by.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<SourceAnswer> ReadAsync(SourceRequest request, string scope, CancellationToken cancellationToken)
    {
        request = request with { Anonymous = true, Answers = [.. request.Answers, HttpStatusCode.Unauthorized] };
        SourceAnswer answer = await http.ReadAsync(request with { Authorization = _tokens.GetValueOrDefault(scope) }, cancellationToken);
        if (answer.Status != HttpStatusCode.Unauthorized)
        {
            return answer;
        }

        AuthenticationHeaderValue token = await OpenAsync(answer.Header("www-authenticate") ?? "", cancellationToken);
        answer = await http.ReadAsync(request with { Authorization = token }, cancellationToken);
        if (answer.Status == HttpStatusCode.Unauthorized)
        {
            _tokens.TryRemove(scope, out _);
            throw Refused();
        }

        _tokens[scope] = token;
        return answer;
    }

    private async Task<AuthenticationHeaderValue> OpenAsync(string challenge, CancellationToken cancellationToken)
    {
        AuthenticationHeaderValue? offer = await http.OfferAsync(cancellationToken);
        if (!challenge.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return offer ?? throw Refused();
        }

        Dictionary<string, string> parameters = Parameter().Matches(challenge)
            .GroupBy(m => m.Groups["name"].Value.ToLowerInvariant())
            .ToDictionary(g => g.Key, g => g.First().Groups["value"].Value, StringComparer.Ordinal);
        string query = string.Join('&', ((string[])["service", "scope"])
            .Where(parameters.ContainsKey).Select(p => $"{p}={Uri.EscapeDataString(parameters[p])}"));
        if (!Uri.TryCreate($"{parameters.GetValueOrDefault("realm")}?{query}", UriKind.Absolute, out Uri? realm) || !MayBeTold(realm))
        {
            throw new SourceException(SourceTrouble.Unexpected, "its realm for tokens is no https address");
        }

        SourceAnswer answer = await http.ReadAsync(
            new SourceRequest(realm) { Authorization = offer, Anonymous = offer is null, Answers = [] }, cancellationToken);
        JsonElement json = answer.Json();
        foreach (string name in (string[])["token", "access_token"])
        {
            if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement token) && token.ValueKind == JsonValueKind.String)
            {
                return new AuthenticationHeaderValue("Bearer", token.GetString());
            }
        }

        throw new SourceException(SourceTrouble.Unexpected, "its realm's answer holds no token");
    }

    // A realm is often another host; a secret goes there over TLS, or as plainly as to the registry itself.
    private bool MayBeTold(Uri realm) =>
        realm.Scheme == Uri.UriSchemeHttps || (realm.Scheme == Uri.UriSchemeHttp && (realm.IsLoopback || realm.Authority == registry.Authority));

    private static SourceException Refused() => new(SourceTrouble.Refused, "it does not accept the credential (401): see Credential");

    [GeneratedRegex("""(?<name>[a-zA-Z]+)="(?<value>[^"]*)"|(?<name>[a-zA-Z]+)=(?<value>[^\s,"]+)""")]
    private static partial Regex Parameter();
}
