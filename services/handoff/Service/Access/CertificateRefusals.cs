using System.Security.Cryptography;
using ReleaseIntegrity.Hosting.Certificates;

namespace ReleaseIntegrity.Handoff.Access;

/// <summary>What is wrong with the settings of client certificates, with the fix.</summary>
internal static class CertificateRefusals
{
    private const string Section = $"{HandoffSettings.Section}:ClientCertificates";
    private const string Variable = $"{HandoffSettings.Section}__ClientCertificates";

    /// <summary>Refuses settings that would let in nobody, or more than they seem to.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">They can't be used.</exception>
    public static void Require(ClientCertificateSettings settings)
    {
        if (settings.Callers.Length == 0)
        {
            throw HandoffSettings.Refusal($"{Section}:Callers is empty, so no certificate would be taken: {Variable}__Callers__0__Subject=maya {Variable}__Callers__0__Names__0=maya.example.com {Variable}__Callers__0__Roles__0=steward");
        }

        for (int i = 0; i < settings.Callers.Length; i++)
        {
            Require(settings.Callers[i], $"Callers__{i}", settings.Authorities is not null);
        }

        try
        {
            _ = new TrustedCertificates([], settings.Authorities, []);
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw HandoffSettings.Refusal($"{Section}:Authorities holds no certificate in PEM form that can be read ({bad.GetType().Name}): {Variable}__Authorities=ca.pem");
        }
    }

    private static void Require(CertifiedCaller caller, string at, bool authorities)
    {
        string? problem = string.IsNullOrWhiteSpace(caller.Subject) ? $"needs who it is: {Variable}__{at}__Subject=maya"
            : caller.Thumbprints.Length + caller.Names.Length == 0 ? $"needs a thumbprint or a name of its certificate: {Variable}__{at}__Names__0=maya.example.com, or {Variable}__{at}__Thumbprints__0=$(openssl x509 -in maya.pem -noout -fingerprint -sha256 | cut -d= -f2)"
            : caller.Names.Length > 0 && !authorities ? $"has a name, and nobody issues certificates to it: {Variable}__Authorities=ca.pem"
            : caller.Thumbprints.Any(t => TrustedCertificates.ThumbprintOf(t) is null) ? "has a thumbprint that isn't the SHA-256 of a certificate, 64 hex digits"
            : caller.Roles.Length == 0 || caller.Roles.Any(r => !CallerClaims.ByName.ContainsKey(r)) ? $"needs roles, of {string.Join(", ", CallerClaims.ByName.Keys)}: {Variable}__{at}__Roles__0=viewer"
            : null;
        if (problem is not null)
        {
            throw HandoffSettings.Refusal($"{Section}:{at.Replace("__", ":", StringComparison.Ordinal)} {problem}");
        }
    }
}
