using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ReleaseIntegrity.Hosting;

/// <summary>One address to listen on.</summary>
/// <param name="Url">As it was written.</param>
/// <param name="Address">The network address; null for every one of the machine.</param>
/// <param name="Port">The port; 0 for a free one.</param>
public sealed record ListenAddress(string Url, IPAddress? Address, int Port)
{
    /// <summary>Only this machine can reach it.</summary>
    public bool IsLoopback => Address is not null && IPAddress.IsLoopback(Address);

    /// <summary>Reads several, with semicolons between them.</summary>
    /// <exception cref="ListenException">There is none, or one is no address.</exception>
    public static ListenAddress[] ParseAll(string urls)
    {
        ListenAddress[] addresses = [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];
        return addresses.Length > 0 ? addresses : throw Refuse(urls);
    }

    /// <summary>Reads <c>http://host:port</c>; the host may be <c>localhost</c>, an address, <c>*</c> or <c>+</c>.</summary>
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

        if (binding.Scheme != "http" || binding.PathBase.Length > 0 || binding.IsUnixPipe || binding.IsNamedPipe)
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

    /// <summary>Listens there: HTTP/1.1, or HTTP/2 alone. Without TLS one port can't speak both.</summary>
    public void Listen(KestrelServerOptions kestrel, HttpProtocols protocols = HttpProtocols.Http1, Action<ListenOptions>? bound = null)
    {
        void Configure(ListenOptions options)
        {
            options.Protocols = protocols;
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
        $"'{url}' is no address to listen on; write http://127.0.0.1:8080, or http://0.0.0.0:8080. TLS belongs to a proxy before it");
}
