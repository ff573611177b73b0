using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Hosting.Certificates;

namespace ReleaseIntegrity.Collectors.Hosting.Authentication;

/// <summary>
/// The certificate that the sender showed in the TLS handshake, with us or with a proxy before us, where it is one of the
/// <see cref="TrustedCertificates"/>. Quay shows the certificate of its own server.
/// </summary>
internal sealed class ClientCertificate : ISenderCheck
{
    private const int LongestHeader = 16 * 1024;

    private readonly TrustedCertificates _trusted;
    private readonly IPAddress[] _proxies;
    private readonly string _header;
    private readonly TimeProvider _clock;

    public ClientCertificate(CredentialOptions options, string header, TimeProvider clock)
    {
        _trusted = new TrustedCertificates(options.Thumbprints, options.Authorities, options.Names);
        _proxies = [.. options.Proxies.Select(IPAddress.Parse)];
        _header = header;
        _clock = clock;
    }

    public string Scheme => WireNames.Of(CredentialScheme.Mtls);

    public string Wanted => "show a client certificate that is configured here, in the TLS handshake";

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

    private Admission Judge(X509Certificate2 certificate) => _trusted.Judge(certificate, _clock.GetUtcNow()) switch
    {
        CertificateVerdict.Taken => Admission.Admitted,
        CertificateVerdict.Untimely => Admission.Untimely,
        _ => Admission.Wrong,
    };
}
