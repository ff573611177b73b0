using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Tokens;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Authentication;

/// <summary>
/// A signed JSON Web Token (RFC 7519) of an OpenID provider: issuer, audience, expiry and the configured claims are
/// checked, and its signature with the provider's published keys, by asymmetric algorithms only. The keys are read at first
/// use, kept, and read again when a token names a key that isn't among them. The token says nothing about the body.
/// </summary>
internal sealed class OpenIdToken : ISenderCheck
{
    private const string Bearer = "Bearer ";
    private const int LongestToken = 16 * 1024;

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = LongestToken };
    private readonly ConfigurationManager<KeySet> _keys;
    private readonly TokenValidationParameters _wanted;
    private readonly IReadOnlyDictionary<string, string> _claims;

    public OpenIdToken(CredentialOptions options)
    {
        _claims = options.Claims.AsReadOnly();
        _keys = new ConfigurationManager<KeySet>(options.Keys, new KeySetRetriever(), DocumentRetriever(options.Keys!));
        _wanted = new TokenValidationParameters
        {
            ConfigurationManager = _keys,
            ValidIssuers = options.Issuers,
            ValidAudiences = options.Audiences,
            ValidAlgorithms =
            [
                SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
                SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
                SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
            ],
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = TimeSpan.FromSeconds(options.ToleranceSeconds),
        };
    }

    public string Scheme => WireNames.Of(CredentialScheme.Oidc);

    public string Wanted => "send a token of the configured issuer for the configured audience, 'Bearer TOKEN', in the header Authorization";

    /// <summary>Whether keys can be read from there: an https address, on this machine also http, or a file.</summary>
    public static bool IsKeysLocation(string? keys) => keys is { Length: > 0 }
        && (!Uri.TryCreate(keys, UriKind.Absolute, out Uri? uri) || uri.IsFile || uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    public async ValueTask<Admission> OfRequestAsync(HttpContext context)
    {
        string shown = context.Request.Headers.Authorization.ToString();
        if (!shown.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return Admission.Missing;
        }

        try
        {
            // Asked for apart, to tell a token that is wrong from keys that are away.
            await _keys.GetConfigurationAsync(context.RequestAborted);
        }
        catch (Exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            return Admission.Undecided;
        }

        TokenValidationResult result = await _handler.ValidateTokenAsync(shown[Bearer.Length..].Trim(), _wanted);
        return result.IsValid
            ? _claims.All(c => result.Claims.TryGetValue(c.Key, out object? value) && TextOf(value) == c.Value) ? Admission.Admitted : Admission.Wrong
            : result.Exception is SecurityTokenExpiredException or SecurityTokenNotYetValidException ? Admission.Untimely : Admission.Wrong;
    }

    private static string? TextOf(object? claim) => claim is bool flag ? (flag ? "true" : "false") : claim?.ToString();

    private static IDocumentRetriever DocumentRetriever(string keys) =>
        Uri.TryCreate(keys, UriKind.Absolute, out Uri? uri) && !uri.IsFile
            ? new HttpDocumentRetriever(new HttpClient { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = 1024 * 1024 })
            {
                RequireHttps = !uri.IsLoopback,
            }
            : new KeyFile();

    private sealed class KeySet : BaseConfiguration;

    private sealed class KeySetRetriever : IConfigurationRetriever<KeySet>
    {
        public async Task<KeySet> GetConfigurationAsync(string address, IDocumentRetriever retriever, CancellationToken cancel)
        {
            var set = new KeySet();
            foreach (SecurityKey key in new JsonWebKeySet(await retriever.GetDocumentAsync(address, cancel)).GetSigningKeys())
            {
                set.SigningKeys.Add(key);
            }

            return set.SigningKeys.Count > 0 ? set : throw new FormatException("the key set has no signing key");
        }
    }

    private sealed class KeyFile : IDocumentRetriever
    {
        public Task<string> GetDocumentAsync(string address, CancellationToken cancel) =>
            File.ReadAllTextAsync(address.StartsWith("file:", StringComparison.Ordinal) ? new Uri(address).LocalPath : address, Encoding.UTF8, cancel);
    }
}
