using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ReleaseIntegrity.Collectors.Hosting.Intake;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Hosting.Certificates;
using ReleaseIntegrity.Hosting.Tokens;

namespace ReleaseIntegrity.Collectors.Hosting.Authentication;

/// <summary>What is wrong with the settings of a credential, each with what to write instead. Never quotes a secret.</summary>
internal static class CredentialRefusals
{
    private const int ShortestSecret = 16;
    private const int LongestToleranceSeconds = 3600;
    private const string NewSecret = "make one with: openssl rand -hex 32";

    /// <summary>Nothing when it can be used.</summary>
    /// <param name="path">The setting's name.</param>
    /// <param name="credential">The settings, if there are any.</param>
    public static IEnumerable<string> Of(string path, CredentialOptions? credential)
    {
        if (credential is null)
        {
            return [];
        }

        if (!WireNames.TryParse(credential.Scheme, out CredentialScheme scheme))
        {
            return [$"{path}:Scheme is unknown; known: {string.Join(", ", WireNames.All<CredentialScheme>())}"];
        }

        IEnumerable<string> own = scheme switch
        {
            CredentialScheme.Oidc => Oidc(path, credential),
            CredentialScheme.Mtls => Mtls(path, credential),
            CredentialScheme.StandardWebhooks => Secrets(path, credential).Concat(Webhooks(path, credential)),
            _ => Secrets(path, credential),
        };
        return Shared(path, credential).Concat(own);
    }

    /// <summary>The same of a credential with which is read: there is no body then that could be signed.</summary>
    public static IEnumerable<string> OfReader(string path, CredentialOptions? credential)
    {
        string[] refusals = [.. Of(path, credential)];
        return credential is null || refusals.Length > 0 || !SenderChecks.Of(credential, TimeProvider.System).SignsBody
            ? refusals
            : [$"{path}:Scheme signs bodies, and a reader sends none; use static, query, oidc or mtls"];
    }

    private static IEnumerable<string> Shared(string path, CredentialOptions credential)
    {
        if (!KeptHeaders.IsHeaderName(SenderChecks.HeaderOf(credential)))
        {
            yield return $"{path}:Header is no header name; write for example: \"Header\": \"Authorization\"";
        }

        if (credential.ToleranceSeconds is < 0 or > LongestToleranceSeconds)
        {
            yield return $"{path}:ToleranceSeconds must be from 0 to {LongestToleranceSeconds}; remove it to get the default, 300";
        }
    }

    private static IEnumerable<string> Secrets(string path, CredentialOptions credential)
    {
        if (credential.Secrets.Count is < 1 or > 2)
        {
            yield return $"{path}:Secrets must hold one secret, or two while it is being rotated; {NewSecret}";
        }

        if (credential.Secrets.Any(s => s.Trim() != s || s.Length < ShortestSecret))
        {
            yield return $"{path}:Secrets must have at least {ShortestSecret} characters and no blanks around them; {NewSecret}";
        }
    }

    private static IEnumerable<string> Webhooks(string path, CredentialOptions credential)
    {
        if (!StandardWebhooks.IsSignatureHeader(SenderChecks.HeaderOf(credential)!))
        {
            yield return $"{path}:Header must end in -signature, as the headers of id and timestamp follow from it; write: \"Header\": \"webhook-signature\"";
        }

        if (credential.Secrets.Any(s => !IsKey(s)))
        {
            yield return $"{path}:Secrets must be base64, after whsec_ or without, as the sender shows them; make one with: echo whsec_$(openssl rand -base64 32)";
        }
    }

    private static IEnumerable<string> Oidc(string path, CredentialOptions credential)
    {
        if (credential.Issuers.Count == 0 || credential.Audiences.Count == 0)
        {
            yield return $"{path} needs issuer and audience; write for example: \"Issuers\": [ \"https://accounts.google.com\" ], \"Audiences\": [ \"https://collector.example.com\" ]";
        }

        if (!PublishedKeys.IsLocation(credential.Keys))
        {
            yield return $"{path}:Keys must be a file or an https address of a key set; write for example: \"Keys\": \"https://www.googleapis.com/oauth2/v3/certs\"";
        }
    }

    private static IEnumerable<string> Mtls(string path, CredentialOptions credential)
    {
        if (credential.Thumbprints.Count == 0 && credential.Authorities is null)
        {
            yield return $"{path} needs Thumbprints or Authorities; read one with: openssl x509 -in sender.pem -noout -fingerprint -sha256";
        }

        if (credential.Thumbprints.Any(t => TrustedCertificates.ThumbprintOf(t) is null))
        {
            yield return $"{path}:Thumbprints must be SHA-256, 64 hex digits; read one with: openssl x509 -in sender.pem -noout -fingerprint -sha256";
        }

        if (credential.Authorities is { } file && !HoldsCertificates(file))
        {
            yield return $"{path}:Authorities must be a file with certificates in PEM form (-----BEGIN CERTIFICATE-----)";
        }

        if (credential.Proxies.Any(p => !IPAddress.TryParse(p, out _)))
        {
            yield return $"{path}:Proxies must be addresses; write for example: \"Proxies\": [ \"10.0.0.5\" ]";
        }
    }

    private static bool IsKey(string secret)
    {
        try
        {
            return StandardWebhooks.KeyOf(secret).Length > 0;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool HoldsCertificates(string file)
    {
        try
        {
            X509Certificate2Collection found = [];
            found.ImportFromPemFile(file);
            return found.Count > 0;
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return false;
        }
    }
}
