using Microsoft.Extensions.Options;
using ReleaseIntegrity.Export;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Hosting.Tokens;
using ReleaseIntegrity.Masking;

namespace ReleaseIntegrity.Handoff;

/// <summary>Settings of the handoff as a service of its own; section <c>Handoff</c>.</summary>
public sealed class HandoffSettings
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Handoff";

    /// <summary>Where gRPC listens: HTTP/2 without TLS. Its JSON form listens at <c>urls</c>.</summary>
    public string GrpcUrl { get; set; } = "http://127.0.0.1:7420";

    /// <summary>The file of the token key.</summary>
    public string? TokenKeyFile { get; set; }

    /// <summary>The file of a signing key of its own, where no OpenID provider is.</summary>
    public string? SigningKeyFile { get; set; }

    /// <summary>The OpenID provider whose tokens are let in; instead of a signing key.</summary>
    public OpenIdSettings? OpenId { get; set; }

    /// <summary>The fields, or mask classes, whose repairs two persons have to authorise.</summary>
    public string[] TwoPersonFields { get; set; } = [];

    /// <summary>How many fields one discloser may reveal in an hour.</summary>
    public int RevealsPerHour { get; set; } = 60;

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

    /// <summary>How many fields one discloser may reveal in an hour.</summary>
    /// <exception cref="OptionsValidationException">It is no such number; with the fix.</exception>
    public int ReadRevealsPerHour() => RevealsPerHour is >= 1 and <= 100_000
        ? RevealsPerHour
        : throw Refusal($"{Section}:RevealsPerHour must be from 1 to 100000: {Section}__RevealsPerHour=60");

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

    /// <summary>Whose tokens are let in.</summary>
    /// <exception cref="OptionsValidationException">Neither provider nor key is configured, or both, or one can't be used; with the fix.</exception>
    public AccessOptions ReadAccess()
    {
        bool own = !string.IsNullOrWhiteSpace(SigningKeyFile);
        if (own == OpenId is not null)
        {
            throw Refusal(
                $$"""
                {{(own ? "both a signing key and an OpenID provider are configured" : "nobody could call: neither an OpenID provider nor a signing key is configured")}}. Write one of:
                  "{{Section}}": { "OpenId": { "Issuer": "https://login.example.com", "Audience": "release-integrity", "Keys": "https://login.example.com/keys" } }
                  "{{Section}}": { "SigningKeyFile": "signing.key" }     made with: (umask 077; openssl rand -hex 32 > signing.key)
                """);
        }

        if (OpenId is { } provider)
        {
            Require(provider);
            return new AccessOptions { OpenId = provider };
        }

        try
        {
            return new AccessOptions { SigningKey = SigningKey.Read(SigningKeyFile!) };
        }
        catch (SigningKeyException bad)
        {
            throw Refusal($"{Section}:SigningKeyFile: {bad.Message}");
        }
    }

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

    private static OptionsValidationException Refusal(string reason) => new(Section, typeof(HandoffSettings), [reason]);
}
