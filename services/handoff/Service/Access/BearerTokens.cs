using Grpc.Core;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ReleaseIntegrity.Handoff.Api;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Hosting.Tokens;

namespace ReleaseIntegrity.Handoff.Access;

/// <summary>
/// From the token of a call to its caller: signature, issuer, audience and expiry are checked (RFC 8725). One that was found good
/// is taken again for a minute, or until it expires.
/// </summary>
internal sealed class BearerTokens : IDisposable
{
    private const string Bearer = "Bearer ";
    private const int LongestToken = 8 * 1024;
    private const int LongestSubject = 200;
    private const int MostPatterns = 100;
    private const int MostKnown = 10_000;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(1);

    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = MostKnown });
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = LongestToken };
    private readonly TokenValidationParameters _wanted;
    private readonly PublishedKeys? _published;

    public BearerTokens(AccessOptions options)
    {
        _wanted = new TokenValidationParameters { RequireExpirationTime = true, RequireSignedTokens = true };
        if (options.OpenId is { } provider)
        {
            _published = new PublishedKeys(provider.Keys);
            _published.ApplyTo(_wanted);
            _wanted.ValidIssuer = provider.Issuer;
            _wanted.ValidAudience = provider.Audience;
            _wanted.ClockSkew = TimeSpan.FromSeconds(provider.ToleranceSeconds);
        }
        else
        {
            _wanted.IssuerSigningKey = options.SigningKey!.Key;
            _wanted.ValidAlgorithms = [SecurityAlgorithms.HmacSha256];
            _wanted.ValidIssuer = SigningKey.Issuer;
            _wanted.ValidAudience = SigningKey.Audience;
            _wanted.ClockSkew = TimeSpan.Zero;
        }
    }

    /// <summary>The caller that shows a token.</summary>
    /// <param name="shown">The header <c>authorization</c>, empty for none.</param>
    /// <param name="cancellationToken">Of the call.</param>
    /// <exception cref="RpcException">UNAUTHENTICATED, or UNAVAILABLE where the provider's keys can't be read.</exception>
    public async ValueTask<Caller> CallerAsync(string shown, CancellationToken cancellationToken)
    {
        if (!shown.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            throw ApiErrors.Unauthenticated("CREDENTIAL_MISSING", "send a token, 'authorization: Bearer TOKEN'; an operator makes one with the command token, or the OpenID provider does");
        }

        string token = shown[Bearer.Length..].Trim();
        if (_known.TryGetValue(token, out Caller? known))
        {
            return known!;
        }

        if (_published is not null && !await _published.AreThereAsync(cancellationToken))
        {
            throw ApiErrors.Unavailable("KEYS_UNAVAILABLE", "the OpenID provider's keys can't be read at the moment; try again");
        }

        TokenValidationResult result = await _handler.ValidateTokenAsync(token, _wanted);
        if (!result.IsValid)
        {
            throw result.Exception is SecurityTokenExpiredException or SecurityTokenNotYetValidException
                ? ApiErrors.Unauthenticated("CREDENTIAL_UNTIMELY", "the token has expired, or isn't valid yet; get a new one, and compare the clocks")
                : ApiErrors.Unauthenticated("CREDENTIAL_INVALID", "the token isn't one of this service's issuer and audience, or its signature is wrong; get a new one");
        }

        Caller caller = CallerOf(result);
        TimeSpan left = result.SecurityToken.ValidTo - DateTime.UtcNow;
        if (left > TimeSpan.Zero)
        {
            _known.Set(token, caller, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = left < Remembered ? left : Remembered });
        }

        return caller;
    }

    /// <inheritdoc/>
    public void Dispose() => _known.Dispose();

    private static Caller CallerOf(TokenValidationResult result)
    {
        string subject = result.ClaimsIdentity.FindFirst(CallerClaims.Subject)?.Value ?? "";
        string[] patterns = [.. result.ClaimsIdentity.FindAll(CallerClaims.Repositories).Select(c => c.Value)];
        if (subject.Length is 0 or > LongestSubject || subject.Any(char.IsControl) || patterns.Length > MostPatterns)
        {
            throw ApiErrors.Unauthenticated("CREDENTIAL_INVALID", $"the token must have a subject of at most {LongestSubject} characters, and at most {MostPatterns} patterns of repositories");
        }

        // An empty array leaves no claim behind, and means none, not all.
        bool scoped = ((JsonWebToken)result.SecurityToken).TryGetPayloadValue(CallerClaims.Repositories, out object? _);
        return new Caller(
            subject,
            result.ClaimsIdentity.FindAll(CallerClaims.Roles)
                .Select(c => CallerClaims.ByName.GetValueOrDefault(c.Value))
                .Where(r => r != Role.Unspecified)
                .ToHashSet(),
            scoped ? RepositoryScope.Of(patterns) : RepositoryScope.Everything);
    }
}
