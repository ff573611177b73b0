using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ReleaseIntegrity.Hosting.Certificates;

/// <summary>
/// Client certificates that are taken: by their SHA-256, or because a configured authority issued them to one of some names.
/// They must be in their time. Key usage isn't asked about: some programs show the certificate of their own server. Revocation
/// isn't either: who loses a key takes its thumbprint out. Safe for concurrent use.
/// </summary>
public sealed class TrustedCertificates
{
    private readonly byte[][] _thumbprints;
    private readonly X509Certificate2Collection _authorities = [];
    private readonly string[] _names;

    /// <summary>Of some settings.</summary>
    /// <param name="thumbprints">SHA-256 of certificates, that <see cref="ThumbprintOf"/> takes.</param>
    /// <param name="authoritiesFile">A PEM file of authorities, or null for none.</param>
    /// <param name="names">DNS names of which a certificate of theirs must have one; without any, all of theirs are taken.</param>
    /// <exception cref="CryptographicException">The file holds no certificate. Besides, what reading a file throws.</exception>
    public TrustedCertificates(IEnumerable<string> thumbprints, string? authoritiesFile, IEnumerable<string> names)
    {
        _thumbprints = [.. thumbprints.Select(t => ThumbprintOf(t)!)];
        _names = [.. names];
        if (authoritiesFile is not null)
        {
            _authorities.ImportFromPemFile(authoritiesFile);
        }
    }

    /// <summary>The 32 bytes that a thumbprint spells, 64 hex digits with colons or without; null when it spells none.</summary>
    public static byte[]? ThumbprintOf(string text)
    {
        string hex = text.Replace(":", "", StringComparison.Ordinal);
        return hex.Length == 2 * SHA256.HashSizeInBytes && hex.All(char.IsAsciiHexDigit) ? Convert.FromHexString(hex) : null;
    }

    /// <summary>Whether a certificate is taken at an instant.</summary>
    public CertificateVerdict Judge(X509Certificate2 certificate, DateTimeOffset now)
    {
        byte[] thumbprint = SHA256.HashData(certificate.RawDataMemory.Span);
        bool known = false;
        foreach (byte[] configured in _thumbprints)
        {
            known |= CryptographicOperations.FixedTimeEquals(thumbprint, configured);
        }

        if (!known && !(_authorities.Count > 0 && IsNamed(certificate) && IsIssued(certificate, now.UtcDateTime)))
        {
            return CertificateVerdict.Foreign;
        }

        bool timely = now.UtcDateTime >= certificate.NotBefore.ToUniversalTime() && now.UtcDateTime <= certificate.NotAfter.ToUniversalTime();
        return timely ? CertificateVerdict.Taken : CertificateVerdict.Untimely;
    }

    private bool IsNamed(X509Certificate2 certificate) =>
        _names.Length == 0 || _names.Any(n => certificate.MatchesHostname(n, allowWildcards: false, allowCommonName: false));

    private bool IsIssued(X509Certificate2 certificate, DateTime now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now;

        // The time is judged apart, to tell an expired certificate from a foreign one.
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(certificate);
    }
}

/// <summary>What a certificate is found to be.</summary>
public enum CertificateVerdict
{
    /// <summary>It is taken.</summary>
    Taken,

    /// <summary>It would be, but has expired or isn't valid yet.</summary>
    Untimely,

    /// <summary>It isn't among those that are configured.</summary>
    Foreign,
}
