using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Authentication;

/// <summary>
/// The certificate that the sender showed in the TLS handshake, with us or with a proxy before us, taken by its SHA-256 or
/// because a configured authority issued it. It must be in its time. Key usage isn't asked about: Quay shows the certificate
/// of its own server. Revocation isn't either: who loses a key takes its thumbprint out.
/// </summary>
internal sealed class ClientCertificate : ISenderCheck
{
    private const int LongestHeader = 16 * 1024;

    private readonly byte[][] _thumbprints;
    private readonly X509Certificate2Collection _authorities = [];
    private readonly string[] _names;
    private readonly IPAddress[] _proxies;
    private readonly string _header;
    private readonly TimeProvider _clock;

    public ClientCertificate(CredentialOptions options, string header, TimeProvider clock)
    {
        _thumbprints = [.. options.Thumbprints.Select(t => ThumbprintOf(t)!)];
        _names = [.. options.Names];
        _proxies = [.. options.Proxies.Select(IPAddress.Parse)];
        _header = header;
        _clock = clock;
        if (options.Authorities is { } file)
        {
            _authorities.ImportFromPemFile(file);
        }
    }

    public string Scheme => WireNames.Of(CredentialScheme.Mtls);

    public string Wanted => "show a client certificate that is configured here, in the TLS handshake";

    /// <summary>The 32 bytes that a thumbprint spells; null when it spells none.</summary>
    public static byte[]? ThumbprintOf(string text)
    {
        string hex = text.Replace(":", "", StringComparison.Ordinal);
        return hex.Length == 2 * SHA256.HashSizeInBytes && hex.All(char.IsAsciiHexDigit) ? Convert.FromHexString(hex) : null;
    }

    public async ValueTask<Admission> OfRequestAsync(HttpContext context)
    {
        X509Certificate2? shown = await context.Connection.GetClientCertificateAsync(context.RequestAborted);
        if (shown is not null)
        {
            return Judge(shown);
        }

        string forwarded = IsProxy(context.Connection.RemoteIpAddress) ? context.Request.Headers[_header].ToString() : "";
        if (forwarded.Length == 0)
        {
            return Admission.Missing;
        }

        using X509Certificate2? certificate = Read(forwarded);
        return certificate is null ? Admission.Wrong : Judge(certificate);
    }

    private bool IsProxy(IPAddress? remote) =>
        remote is not null && _proxies.Contains(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote);

    /// <summary>RFC 9440, section 2.2: the DER form as a byte sequence, base64 between colons.</summary>
    private static X509Certificate2? Read(string header)
    {
        byte[] der = new byte[LongestHeader];
        try
        {
            return header is [':', .., ':'] && Convert.TryFromBase64String(header[1..^1], der, out int length)
                ? X509CertificateLoader.LoadCertificate(der.AsSpan(0, length))
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private Admission Judge(X509Certificate2 certificate)
    {
        byte[] thumbprint = SHA256.HashData(certificate.RawDataMemory.Span);
        bool known = false;
        foreach (byte[] configured in _thumbprints)
        {
            known |= CryptographicOperations.FixedTimeEquals(thumbprint, configured);
        }

        DateTime now = _clock.GetUtcNow().UtcDateTime;
        if (!known && !(_authorities.Count > 0 && IsNamed(certificate) && IsIssued(certificate, now)))
        {
            return Admission.Wrong;
        }

        return now < certificate.NotBefore.ToUniversalTime() || now > certificate.NotAfter.ToUniversalTime() ? Admission.Untimely : Admission.Admitted;
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
