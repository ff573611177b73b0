using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ReleaseIntegrity.Hosting;

/// <summary>One address to listen on.</summary>
/// <param name="Url">As it was written.</param>
/// <param name="Address">The network address; null for every one of the machine.</param>
/// <param name="Port">The port; 0 for a free one.</param>
public sealed record ListenAddress(string Url, IPAddress? Address, int Port)
{
    /// <summary>With TLS.</summary>
    public bool IsTls => Url.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Only this machine can reach it.</summary>
    public bool IsLoopback => Address is not null && IPAddress.IsLoopback(Address);

    /// <summary>Reads several, with semicolons between them.</summary>
    /// <exception cref="ListenException">There is none, or one is no address.</exception>
    public static ListenAddress[] ParseAll(string urls)
    {
        ListenAddress[] addresses = [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];
        return addresses.Length > 0 ? addresses : throw Refuse(urls);
    }

    /// <summary>Reads <c>http://host:port</c> or <c>https://host:port</c>; the host may be <c>localhost</c>, an address, <c>*</c> or <c>+</c>.</summary>
    /// <exception cref="ListenException">Another scheme, a path, or a host name that is no address.</exception>
    public static ListenAddress Parse(string url)
    {
        BindingAddress binding;
        try
        {
            binding = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw Refuse(url);
        }

        if (binding.Scheme is not ("http" or "https") || binding.PathBase.Length > 0 || binding.IsUnixPipe || binding.IsNamedPipe)
        {
            throw Refuse(url);
        }

        return binding.Host switch
        {
            "localhost" => new ListenAddress(url, IPAddress.Loopback, binding.Port),
            "*" or "+" => new ListenAddress(url, null, binding.Port),
            _ when IPAddress.TryParse(binding.Host.Trim('[', ']'), out IPAddress? address) => new ListenAddress(url, address, binding.Port),
            _ => throw Refuse(url),
        };
    }

    /// <summary>
    /// Listens there: HTTP/1.1, or HTTP/2 alone. Without TLS one port can't speak both. With TLS a client may show a
    /// certificate, and whoever asks for one judges it: the handshake takes any.
    /// </summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="protocols">What it speaks.</param>
    /// <param name="bound">Is told what it listens on.</param>
    /// <param name="certificate">Of <see cref="ServerCertificate.For"/>.</param>
    /// <exception cref="ListenException">It is an https address, and there is no certificate.</exception>
    public void Listen(
        KestrelServerOptions kestrel,
        HttpProtocols protocols = HttpProtocols.Http1,
        Action<ListenOptions>? bound = null,
        X509Certificate2? certificate = null)
    {
        if (IsTls && certificate is null)
        {
            throw ServerCertificate.Missing(this);
        }

        void Configure(ListenOptions options)
        {
            options.Protocols = protocols;
            if (IsTls)
            {
                options.UseHttps(certificate!, https =>
                {
                    https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                    https.AllowAnyClientCertificate();
                });
            }

            bound?.Invoke(options);
        }

        if (Address is null)
        {
            kestrel.ListenAnyIP(Port, Configure);
        }
        else
        {
            kestrel.Listen(Address, Port, Configure);
        }
    }

    private static ListenException Refuse(string url) => new(
        $"'{url}' is no address to listen on; write http://127.0.0.1:8080, or http://0.0.0.0:8080. https://0.0.0.0:8443 needs Tls:CertificateFile and Tls:KeyFile");
}
