using Microsoft.Extensions.Options;
using ReleaseIntegrity.Export;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Hosting.Tokens;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff;

/// <summary>Settings of the handoff as a service of its own; section <c>Handoff</c>.</summary>
public sealed class HandoffSettings
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Handoff";

    private const string Examples =
        $$"""
          "{{Section}}": { "OpenId": { "Issuer": "https://login.example.com", "Audience": "release-integrity", "Keys": "https://login.example.com/keys" } }
          "{{Section}}": { "SigningKeyFile": "signing.key" }     made with: (umask 077; openssl rand -hex 32 > signing.key)
          "{{Section}}": { "ClientCertificates": { "Authorities": "ca.pem", "Callers": [ { "Subject": "maya", "Names": [ "maya.example.com" ], "Roles": [ "steward" ] } ] } }
        """;

    /// <summary>Where gRPC listens, HTTP/2, with TLS where it is an https address. Its JSON form listens at <c>urls</c>.</summary>
    public string GrpcUrl { get; set; } = "http://127.0.0.1:7420";

    /// <summary>The file of the token key.</summary>
    public string? TokenKeyFile { get; set; }

    /// <summary>The file of a signing key of its own, where no OpenID provider is.</summary>
    public string? SigningKeyFile { get; set; }

    /// <summary>The OpenID provider whose tokens are let in; instead of a signing key.</summary>
    public OpenIdSettings? OpenId { get; set; }

    /// <summary>Client certificates that are let in, beside tokens or instead of them.</summary>
    public ClientCertificateSettings? ClientCertificates { get; set; }

    /// <summary>The fields, or mask classes, whose repairs two persons have to authorise.</summary>
    public string[] TwoPersonFields { get; set; } = [];

    /// <summary>How many fields one discloser may reveal in an hour.</summary>
    public int RevealsPerHour { get; set; } = 60;

    /// <summary>The longest request that is read, in bytes.</summary>
    public int MaximumRequestBytes { get; set; } = 64 * 1024;

    /// <summary>The longest message that is sent, in bytes.</summary>
    public int MaximumResponseBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>After how long a silence an HTTP/2 connection is asked whether it is still there.</summary>
    public int KeepAliveSeconds { get; set; } = 30;

    /// <summary>How long its answer may take.</summary>
    public int KeepAliveTimeoutSeconds { get; set; } = 20;

    /// <summary>Origins of web pages that may call from a browser.</summary>
    public string[] Origins { get; set; } = [];

    /// <summary>The file of the key that signs exported packages, ECDSA P-256 in PEM; without it none is exported.</summary>
    public string? ExportKeyFile { get; set; }

    /// <summary>The key that signs exported packages, or null for none.</summary>
    /// <exception cref="OptionsValidationException">It can't be read; with the fix.</exception>
    public ExportKey? ReadExportKey()
    {
        try
        {
            return string.IsNullOrWhiteSpace(ExportKeyFile) ? null : ExportKey.Read(ExportKeyFile);
        }
        catch (ExportKeyException bad)
        {
            throw Refusal($"{Section}:ExportKeyFile: {bad.Message}");
        }
    }

    /// <summary>How the handoff runs, by these settings.</summary>
    /// <param name="store">Where its store is.</param>
    /// <param name="tokenKey">The key of all tokens.</param>
    /// <param name="access">Who is let in.</param>
    /// <param name="exportKey">Signs exported packages; null for none.</param>
    /// <exception cref="OptionsValidationException">One can't be used; with the fix.</exception>
    public HandoffOptions ReadOptions(StoreOptions store, TokenKey tokenKey, AccessOptions access, ExportKey? exportKey)
    {
        Deciding.TwoPersonFields.Require(TwoPersonFields);
        if (Array.Find(Origins, o => !IsOrigin(o)) is not null)
        {
            throw Refusal($"{Section}:Origins holds what is no origin of web pages: {Section}__Origins__0=https://desk.example.com");
        }

        return new HandoffOptions
        {
            Store = store,
            TokenKey = tokenKey,
            Access = access,
            ExportKey = exportKey,
            TwoPersonFields = TwoPersonFields,
            RevealsPerHour = Within(nameof(RevealsPerHour), RevealsPerHour, 1, 100_000, 60),
            MaximumRequestBytes = Within(nameof(MaximumRequestBytes), MaximumRequestBytes, 4 * 1024, 4 * 1024 * 1024, 64 * 1024),
            MaximumResponseBytes = Within(nameof(MaximumResponseBytes), MaximumResponseBytes, 64 * 1024, 1024 * 1024 * 1024, 16 * 1024 * 1024),
            KeepAliveInterval = TimeSpan.FromSeconds(Within(nameof(KeepAliveSeconds), KeepAliveSeconds, 1, 3600, 30)),
            KeepAliveTimeout = TimeSpan.FromSeconds(Within(nameof(KeepAliveTimeoutSeconds), KeepAliveTimeoutSeconds, 1, 3600, 20)),
            Origins = Origins,
        };
    }

    /// <summary>The key of all tokens.</summary>
    /// <exception cref="OptionsValidationException">It is not configured, or can't be read; with the fix.</exception>
    public TokenKey ReadTokenKey()
    {
        if (string.IsNullOrWhiteSpace(TokenKeyFile))
        {
            throw Refusal($"{Section}:TokenKeyFile is missing; make a key with: openssl rand -hex 32 > token.key, and write: \"{Section}\": {{ \"TokenKeyFile\": \"token.key\" }}");
        }

        try
        {
            return TokenKey.Read(TokenKeyFile);
        }
        catch (TokenKeyException bad)
        {
            throw Refusal($"{Section}:TokenKeyFile: {bad.Message}");
        }
    }

    /// <summary>Who is let in.</summary>
    /// <param name="own">A signing key that isn't configured, for a service that makes its own.</param>
    /// <exception cref="OptionsValidationException">Nobody is, provider and key are both configured, or one can't be used; with the fix.</exception>
    public AccessOptions ReadAccess(SigningKey? own = null)
    {
        bool file = !string.IsNullOrWhiteSpace(SigningKeyFile);
        if (file && OpenId is not null)
        {
            throw Refusal($"both a signing key and an OpenID provider are configured. Write one of:\n{Examples}");
        }

        if (!file && own is null && OpenId is null && ClientCertificates is null)
        {
            throw Refusal($"nobody could call: neither an OpenID provider nor a signing key is configured, nor client certificates. Write one of:\n{Examples}");
        }

        if (OpenId is { } provider)
        {
            Require(provider);
        }

        if (ClientCertificates is { } certificates)
        {
            CertificateRefusals.Require(certificates);
        }

        try
        {
            return new AccessOptions
            {
                OpenId = OpenId, SigningKey = file ? SigningKey.Read(SigningKeyFile!) : own, ClientCertificates = ClientCertificates,
            };
        }
        catch (SigningKeyException bad)
        {
            throw Refusal($"{Section}:SigningKeyFile: {bad.Message}");
        }
    }

    internal static OptionsValidationException Refusal(string reason) => new(Section, typeof(HandoffSettings), [reason]);

    private static int Within(string name, int value, int least, int most, int example) => value >= least && value <= most
        ? value
        : throw Refusal($"{Section}:{name} must be from {least} to {most}: {Section}__{name}={example}");

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == text;

    private static void Require(OpenIdSettings provider)
    {
        const string OpenIdSection = $"{Section}:OpenId";
        if (string.IsNullOrWhiteSpace(provider.Issuer) || string.IsNullOrWhiteSpace(provider.Audience))
        {
            throw Refusal($"{OpenIdSection} needs what its tokens must name: {Section}__OpenId__Issuer=https://login.example.com {Section}__OpenId__Audience=release-integrity");
        }

        if (!PublishedKeys.IsLocation(provider.Keys))
        {
            throw Refusal($"{OpenIdSection}:Keys must be an https address of a JSON Web Key Set, or a file: {Section}__OpenId__Keys=https://login.example.com/keys");
        }

        if (provider.ToleranceSeconds is < 0 or > 3600)
        {
            throw Refusal($"{OpenIdSection}:ToleranceSeconds must be from 0 to 3600: {Section}__OpenId__ToleranceSeconds=60");
        }
    }
}
