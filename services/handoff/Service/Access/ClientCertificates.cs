using System.Security.Cryptography.X509Certificates;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Hosting.Certificates;

namespace ReleaseIntegrity.Handoff.Access;

/// <summary>Client certificates of the TLS handshake, and what their holders may do; section <c>Handoff:ClientCertificates</c>.</summary>
public sealed class ClientCertificateSettings
{
    /// <summary>A PEM file of the authorities that issue certificates to the names of <see cref="Callers"/>.</summary>
    public string? Authorities { get; set; }

    /// <summary>
    /// Whether every call has to show one of these certificates, a token or not. Default no: then one takes the place of a token.
    /// </summary>
    public bool Required { get; set; }

    /// <summary>Whose certificates are taken.</summary>
    public CertifiedCaller[] Callers { get; set; } = [];
}

/// <summary>Whose a certificate is, and what it allows where a call carries no token.</summary>
public sealed class CertifiedCaller
{
    /// <summary>Who it is; decisions and audit events name it.</summary>
    public string Subject { get; set; } = "";

    /// <summary>SHA-256 of certificates, 64 hex digits, colons or not; two while one is renewed.</summary>
    public string[] Thumbprints { get; set; } = [];

    /// <summary>DNS names of which a certificate of the authorities must have one.</summary>
    public string[] Names { get; set; } = [];

    /// <summary>What it may do: <c>viewer</c>, <c>steward</c>, <c>discloser</c>, <c>admin</c>.</summary>
    public string[] Roles { get; set; } = [];

    /// <summary>Patterns of registry and path, as in a policy's scope; without any all repositories.</summary>
    public string[] Repositories { get; set; } = [];
}

/// <summary>From the certificate of a connection to its caller. Safe for concurrent use.</summary>
internal sealed class ClientCertificates(ClientCertificateSettings settings, TimeProvider clock)
{
    private readonly (TrustedCertificates Trusted, Caller Caller)[] _callers =
    [
        .. settings.Callers.Select(c => (
            new TrustedCertificates(c.Thumbprints, c.Names.Length == 0 ? null : settings.Authorities, c.Names),
            new Caller(
                c.Subject,
                c.Roles.Select(r => CallerClaims.ByName[r]).ToHashSet<Role>(),
                c.Repositories.Length == 0 ? RepositoryScope.Everything : RepositoryScope.Of(c.Repositories)))),
    ];

    /// <summary>Whether a token alone isn't enough.</summary>
    public bool AreRequired => settings.Required;

    /// <summary>Whose a certificate is; null for one that isn't taken, or isn't any more.</summary>
    public Caller? CallerOf(X509Certificate2? shown) => shown is null
        ? null
        : _callers.FirstOrDefault(c => c.Trusted.Judge(shown, clock.GetUtcNow()) == CertificateVerdict.Taken).Caller;
}
