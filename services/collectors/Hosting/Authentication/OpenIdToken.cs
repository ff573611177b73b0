using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Hosting.Tokens;

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
    private readonly PublishedKeys _keys;
    private readonly TokenValidationParameters _wanted;
    private readonly IReadOnlyDictionary<string, string> _claims;

    public OpenIdToken(CredentialOptions options)
    {
        _claims = options.Claims.AsReadOnly();
        _keys = new PublishedKeys(options.Keys!);
        _wanted = new TokenValidationParameters
        {
            ValidIssuers = options.Issuers,
            ValidAudiences = options.Audiences,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = TimeSpan.FromSeconds(options.ToleranceSeconds),
        };
        _keys.ApplyTo(_wanted);
    }

    public string Scheme => WireNames.Of(CredentialScheme.Oidc);

    public string Wanted => "send a token of the configured issuer for the configured audience, 'Bearer TOKEN', in the header Authorization";

    public async ValueTask<Admission> OfRequestAsync(HttpContext context)
    {
        string shown = context.Request.Headers.Authorization.ToString();
        if (!shown.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return Admission.Missing;
        }

        if (!await _keys.AreThereAsync(context.RequestAborted))
        {
            return Admission.Undecided;
        }

        TokenValidationResult result = await _handler.ValidateTokenAsync(shown[Bearer.Length..].Trim(), _wanted);
        return result.IsValid
            ? _claims.All(c => result.Claims.TryGetValue(c.Key, out object? value) && TextOf(value) == c.Value) ? Admission.Admitted : Admission.Wrong
            : result.Exception is SecurityTokenExpiredException or SecurityTokenNotYetValidException ? Admission.Untimely : Admission.Wrong;
    }

    private static string? TextOf(object? claim) => claim is bool flag ? (flag ? "true" : "false") : claim?.ToString();
}
