using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;

namespace ReleaseIntegrity.Hosting;

/// <summary>
/// The certificate that a service shows where it listens with https: the settings <c>Tls:CertificateFile</c> and
/// <c>Tls:KeyFile</c>, both in PEM form.
/// </summary>
public static class ServerCertificate
{
    private const string Section = "Tls";

    /// <summary>The certificate; null when no address asks for one.</summary>
    /// <exception cref="ListenException">An address asks for one, and it isn't configured or can't be read.</exception>
    public static X509Certificate2? For(IEnumerable<ListenAddress> addresses, IConfiguration configuration)
    {
        if (addresses.FirstOrDefault(a => a.IsTls) is not { } secure)
        {
            return null;
        }

        string? certificate = configuration[$"{Section}:CertificateFile"];
        string? key = configuration[$"{Section}:KeyFile"];
        if (certificate is null || key is null)
        {
            throw Missing(secure);
        }

        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception bad) when (bad is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ListenException(
                $"{Section}:CertificateFile and {Section}:KeyFile are no certificate in PEM form and its private key: {bad.Message}", bad);
        }
    }

    /// <summary>The refusal of an https address without a certificate.</summary>
    internal static ListenException Missing(ListenAddress address) => new(
        $"{address.Url} needs a certificate: {Section}__CertificateFile=server.pem {Section}__KeyFile=server.key. Or listen with http behind a proxy that ends TLS");
}
