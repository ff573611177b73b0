namespace ReleaseIntegrity.Collectors.Hosting.Authentication;

/// <summary>What senders of an endpoint must show, by one of the schemes that sources really use.</summary>
public sealed class CredentialOptions
{
    /// <summary>The published name of a <see cref="CredentialScheme"/>. Default <c>static</c>.</summary>
    public string Scheme { get; set; } = "static";

    /// <summary>
    /// The header, or with the scheme <c>query</c> the parameter of the URL. Default: the one that the scheme's senders use.
    /// </summary>
    public string? Header { get; set; }

    /// <summary>
    /// One secret, or two while it is being rotated: either is taken. Not for <c>oidc</c> and <c>mtls</c>, which have none.
    /// </summary>
    public IList<string> Secrets { get; } = [];

    /// <summary>
    /// How far a signed time may be from now, in seconds, in <c>standard-webhooks</c>; how far clocks may differ in <c>oidc</c>.
    /// Default 300.
    /// </summary>
    public int ToleranceSeconds { get; set; } = 300;

    /// <summary><c>oidc</c>: who may have issued the token, as its <c>iss</c> says it; Google has two spellings.</summary>
    public IList<string> Issuers { get; } = [];

    /// <summary><c>oidc</c>: for whom it must be (<c>aud</c>); one of them.</summary>
    public IList<string> Audiences { get; } = [];

    /// <summary><c>oidc</c>: the issuer's keys, a JSON Web Key Set (RFC 7517): an https address, or a file.</summary>
    public string? Keys { get; set; }

    /// <summary><c>oidc</c>: claims that it must have with exactly this value, such as the sender's <c>email</c>.</summary>
    public IDictionary<string, string> Claims { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary><c>mtls</c>: SHA-256 of the certificates that are taken, 64 hex digits, colons or not; two while one is renewed.</summary>
    public IList<string> Thumbprints { get; } = [];

    /// <summary><c>mtls</c>: a PEM file of authorities whose certificates are taken.</summary>
    public string? Authorities { get; set; }

    /// <summary><c>mtls</c> by authority: the DNS names of which a certificate must have one; without any, every certificate of theirs is taken.</summary>
    public IList<string> Names { get; } = [];

    /// <summary>
    /// <c>mtls</c>: addresses of the proxies that end TLS and pass the sender's certificate on in <see cref="Header"/>
    /// (default <c>Client-Cert</c>, RFC 9440). The header counts from them alone.
    /// </summary>
    public IList<string> Proxies { get; } = [];
}
