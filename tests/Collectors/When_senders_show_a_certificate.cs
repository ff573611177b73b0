using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ReleaseIntegrity.Collectors.Hosting.Authentication;
using ReleaseIntegrity.Hosting;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Collectors;

/// <summary>Certificates in a real TLS handshake, and in the header of a proxy.</summary>
public sealed class When_senders_show_a_certificate : WithFolder
{
    private const string Https = "https://127.0.0.1:0";

    private static readonly X509Certificate2 Server = Certificates.SelfSigned("localhost");
    private static readonly X509Certificate2 Authority = Certificates.Authority("authority");

    [Fact]
    public async Task A_certificate_with_a_configured_thumbprint_is_let_in()
    {
        using X509Certificate2 right = Certificates.SelfSigned("quay.example.com");
        using X509Certificate2 wrong = Certificates.SelfSigned("quay.example.com");
        void Configure(CredentialOptions o)
        {
            o.Thumbprints.Add(new string('0', 64));
            o.Thumbprints.Add(string.Join(':', right.GetCertHash(HashAlgorithmName.SHA256).Select(b => b.ToString("X2", null))));
        }

        Assert.Equal(HttpStatusCode.Accepted, await HandshakeAsync(right, Configure));
        Assert.Equal(HttpStatusCode.Unauthorized, await HandshakeAsync(wrong, Configure));
        Assert.Equal(HttpStatusCode.Unauthorized, await HandshakeAsync(null, Configure));
    }

    [Fact]
    public async Task A_certificate_of_a_configured_authority_is_let_in_by_its_name()
    {
        string file = Path.Combine(Folder, "authorities.pem");
        await File.WriteAllTextAsync(file, Authority.ExportCertificatePem(), CollectorHost.Ct);
        using X509Certificate2 right = Certificates.Issued(Authority, "quay.example.com");
        using X509Certificate2 otherName = Certificates.Issued(Authority, "other.example.com");
        using X509Certificate2 otherAuthority = Certificates.SelfSigned("quay.example.com");
        void Configure(CredentialOptions o)
        {
            o.Authorities = file;
            o.Names.Add("quay.example.com");
        }

        Assert.Equal(HttpStatusCode.Accepted, await HandshakeAsync(right, Configure));
        Assert.Equal(HttpStatusCode.Unauthorized, await HandshakeAsync(otherName, Configure));
        Assert.Equal(HttpStatusCode.Unauthorized, await HandshakeAsync(otherAuthority, Configure));
    }

    [Fact]
    public async Task An_expired_certificate_is_refused_by_thumbprint_and_by_authority()
    {
        string file = Path.Combine(Folder, "authorities.pem");
        await File.WriteAllTextAsync(file, Authority.ExportCertificatePem(), CollectorHost.Ct);
        using X509Certificate2 expired = Certificates.Issued(Authority, "quay.example.com", DateTimeOffset.UtcNow.AddMinutes(-5));

        Assert.Equal(HttpStatusCode.Unauthorized, await HandshakeAsync(expired, o => o.Thumbprints.Add(expired.GetCertHashString(HashAlgorithmName.SHA256))));
        Assert.Equal(HttpStatusCode.Unauthorized, await HandshakeAsync(expired, o => o.Authorities = file));
    }

    [Fact]
    public async Task A_certificate_in_a_header_counts_from_a_named_proxy_alone()
    {
        using X509Certificate2 right = Certificates.SelfSigned("quay.example.com");
        string header = $":{Convert.ToBase64String(right.RawData)}:";

        Assert.Equal(HttpStatusCode.Accepted, await ForwardAsync(header, "127.0.0.1"));
        Assert.Equal(HttpStatusCode.Unauthorized, await ForwardAsync(header, "10.0.0.5"));
        Assert.Equal(HttpStatusCode.Unauthorized, await ForwardAsync($":{Convert.ToBase64String(Server.RawData)}:", "127.0.0.1"));
        Assert.Equal(HttpStatusCode.Unauthorized, await ForwardAsync(":AAAA:", "127.0.0.1"));
        Assert.Equal(HttpStatusCode.Unauthorized, await ForwardAsync("quay.example.com", "127.0.0.1"));

        async Task<HttpStatusCode> ForwardAsync(string value, string proxy)
        {
            await using CollectorHost host = await CollectorHost.StartAsync(Path.Combine(Folder, Guid.NewGuid().ToString("n")), options =>
            {
                options.Credential = new CredentialOptions { Scheme = "mtls" };
                options.Credential.Thumbprints.Add(right.GetCertHashString(HashAlgorithmName.SHA256));
                options.Credential.Proxies.Add(proxy);
            });
            using HttpResponseMessage response = await host.PostAsync("[]", with: r => r.Headers.TryAddWithoutValidation("Client-Cert", value));
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Https_without_a_certificate_is_refused_with_the_fix()
    {
        ListenException e = await Assert.ThrowsAsync<ListenException>(() => CollectorHost.StartAsync(Folder, urls: Https));
        Assert.Contains("Tls__CertificateFile", e.Message, StringComparison.Ordinal);
    }

    private async Task<HttpStatusCode> HandshakeAsync(X509Certificate2? shown, Action<CredentialOptions> configure)
    {
        await using CollectorHost host = await CollectorHost.StartAsync(
            Path.Combine(Folder, Guid.NewGuid().ToString("n")),
            options => configure(options.Credential = new CredentialOptions { Scheme = "mtls" }),
            urls: Https,
            certificate: Server,
            shown: shown);
        using HttpResponseMessage response = await host.PostAsync("[]");
        return response.StatusCode;
    }
}
