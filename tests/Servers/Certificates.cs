using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ReleaseIntegrity.Tests.Servers;

/// <summary>Certificates for TLS in tests, with their keys: good since an hour ago, and for a day.</summary>
public static class Certificates
{
    /// <summary>One that vouches for itself.</summary>
    public static X509Certificate2 SelfSigned(string name) => SelfSigned(name, isAuthority: false);

    /// <summary>An authority that nobody knows unless it is named.</summary>
    public static X509Certificate2 Authority(string name) => SelfSigned(name, isAuthority: true);

    /// <summary>One of an authority.</summary>
    /// <param name="authority">Who issues it.</param>
    /// <param name="name">A DNS name or an address.</param>
    /// <param name="until">Till when it is good.</param>
    public static X509Certificate2 Issued(X509Certificate2 authority, string name, DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        // Not before its authority, which was made a moment ago.
        using X509Certificate2 certificate = Request(name, key, isAuthority: false).Create(
            authority, authority.NotBefore, until ?? authority.NotAfter, RandomNumberGenerator.GetBytes(12));
        return certificate.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 SelfSigned(string name, bool isAuthority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Request(name, key, isAuthority).CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        if (!isAuthority)
        {
            var names = new SubjectAlternativeNameBuilder();
            if (IPAddress.TryParse(name, out IPAddress? address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(name);
            }

            request.CertificateExtensions.Add(names.Build());
        }

        return request;
    }
}
