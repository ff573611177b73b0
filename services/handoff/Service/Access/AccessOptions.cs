namespace ReleaseIntegrity.Handoff.Access;

/// <summary>
/// Who is let in: with tokens of an OpenID provider or of a key of the service's own, one of both at most, and with client
/// certificates beside them or instead.
/// </summary>
public sealed record AccessOptions
{
    /// <summary>The service's own key.</summary>
    public SigningKey? SigningKey { get; init; }

    /// <summary>The OpenID provider.</summary>
    public OpenIdSettings? OpenId { get; init; }

    /// <summary>The client certificates.</summary>
    public ClientCertificateSettings? ClientCertificates { get; init; }
}

/// <summary>An OpenID provider; section <c>Handoff:OpenId</c>.</summary>
public sealed class OpenIdSettings
{
    /// <summary>The issuer that tokens must name: <c>https://login.example.com/realms/release</c>.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>The audience that tokens must name.</summary>
    public string Audience { get; set; } = "";

    /// <summary>Where its public keys are, a JSON Web Key Set: an https address, on this machine also http, or a file.</summary>
    public string Keys { get; set; } = "";

    /// <summary>How far its clock and this one may be apart, in seconds. Default 60.</summary>
    public int ToleranceSeconds { get; set; } = 60;
}
