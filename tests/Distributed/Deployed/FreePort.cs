using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ReleaseIntegrity.Tests.Distributed.Deployed;

/// <summary>
/// Loopback ports that stay a process's own over its restarts: below those that the system gives to outgoing
/// connections, so that nothing takes one while its process is dead.
/// </summary>
internal static class FreePort
{
    private const int First = 20_000;
    private const int Last = 32_000;

    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>One that nobody listens on and that was not given before.</summary>
    public static int Next()
    {
        for (int attempt = 0; attempt < 10_000; attempt++)
        {
            int port = Random.Shared.Next(First, Last);
            if (Given.TryAdd(port, true) && IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"no free port between {First} and {Last}");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
