using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ReleaseIntegrity.AllInOne.Offline;

namespace ReleaseIntegrity.AllInOne.Hosting;

/// <summary>One address to listen on.</summary>
/// <param name="Url">As it was written.</param>
/// <param name="Address">The network address; null for every one of the machine.</param>
/// <param name="Port">The port; 0 for a free one.</param>
internal sealed record ListenAddress(string Url, IPAddress? Address, int Port)
{
    /// <summary>Only this machine can reach it.</summary>
    public bool IsLoopback => Address is not null && IPAddress.IsLoopback(Address);

    /// <summary>Reads <c>http://host:port</c>; the host may be <c>localhost</c>, an address, <c>*</c> or <c>+</c>.</summary>
    /// <exception cref="UsageException">Another scheme, a path, or a host name that is no address.</exception>
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

    /// <summary>Listens there, with HTTP/1.1.</summary>
    public void Listen(KestrelServerOptions kestrel, Action<ListenOptions> bound)
    {
        if (Address is null)
        {
            kestrel.ListenAnyIP(Port, bound);
        }
        else
        {
            kestrel.Listen(Address, Port, bound);
        }
    }

    private static UsageException Refuse(string url) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"--urls '{url}' is no address to listen on; write http://127.0.0.1:{ServeRequest.DefaultGrpcPort + 1}, or http://0.0.0.0:8080. TLS belongs to a proxy before it"));
}
