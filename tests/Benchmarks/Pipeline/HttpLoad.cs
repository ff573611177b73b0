using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ReleaseIntegrity.Benchmarks.Pipeline;

/// <summary>
/// Posts ready-made requests over keep-alive connections, each of which waits for its answer before it sends the next,
/// as a source does. Lean, since it shares the machine with what it measures: bytes out, a look at the status, nothing
/// else.
/// </summary>
/// <param name="ports">Loopback port by source.</param>
/// <param name="senders">How many notifications are on their way at once; each sender has a connection to every source.</param>
internal sealed class HttpLoad(IReadOnlyDictionary<string, int> ports, int senders)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();

    /// <summary>Sends everything, as fast as it is taken or at a rate; returns when each was answered with 202.</summary>
    /// <param name="sent">
    /// What to send. Taken in order, whatever the source: those of one release are on their way at the same time, as they
    /// are in the world, and arrive in any order.
    /// </param>
    /// <param name="perSecond">Notifications per second over all sources; 0 for no limit.</param>
    /// <param name="answered">Takes, in the order given, the instants (<see cref="Stopwatch"/> ticks) of the answers.</param>
    public Task SendAsync(IReadOnlyList<Sent> sent, double perSecond = 0, long[]? answered = null)
    {
        long start = Stopwatch.GetTimestamp();
        int taken = -1;
        return Task.WhenAll(Enumerable.Range(0, Math.Min(senders, sent.Count)).Select(_ =>
            Task.Run(() => RunAsync(sent, () => Interlocked.Increment(ref taken), answered, start, perSecond))));
    }

    private async Task RunAsync(IReadOnlyList<Sent> sent, Func<int> next, long[]? answered, long start, double perSecond)
    {
        Dictionary<string, Socket> sockets = ports.ToDictionary(
            p => p.Key, _ => new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        byte[] answer = new byte[4096];
        for (int i = next(); i < sent.Count; i = next())
        {
            Socket socket = sockets[sent[i].Source];
            int port = ports[sent[i].Source];
            if (!socket.Connected)
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
            }

            if (perSecond > 0 && (i / perSecond) - Stopwatch.GetElapsedTime(start).TotalSeconds is > 0 and double early)
            {
                await Task.Delay(TimeSpan.FromSeconds(early));
            }

            byte[] request = Request(sent[i], port);
            do
            {
                await socket.SendAsync(request, SocketFlags.None);
            }
            while (!await ReadAcceptedAsync(socket, answer));
            if (answered is not null)
            {
                Volatile.Write(ref answered[i], Stopwatch.GetTimestamp());
            }
        }

        foreach (Socket socket in sockets.Values)
        {
            socket.Dispose();
        }
    }

    private static byte[] Request(Sent sent, int port) => Encoding.UTF8.GetBytes(
        $"POST /notifications/{sent.Path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: {ContentType(sent)}\r\nContent-Length: {Encoding.UTF8.GetByteCount(sent.Body)}\r\n\r\n{sent.Body}");

    private static string ContentType(Sent sent) =>
        sent.Path == "cloudevents" ? "application/cloudevents+json" : "application/json";

    /// <summary>False when the collector is full: the notification is to be sent again.</summary>
    private static async Task<bool> ReadAcceptedAsync(Socket socket, byte[] answer)
    {
        int length = 0;
        int head = -1;
        while (head < 0 || !IsWhole(answer.AsSpan(0, length), head))
        {
            int read = await socket.ReceiveAsync(answer.AsMemory(length), SocketFlags.None);
            length += read > 0 ? read : throw new IOException("the collector closed the connection");
            head = answer.AsSpan(0, length).IndexOf(EndOfHead);
        }

        if (answer.AsSpan(0, length).StartsWith("HTTP/1.1 503"u8))
        {
            await Task.Delay(RetryAfter);
            return false;
        }

        return answer.AsSpan(0, length).StartsWith("HTTP/1.1 202"u8)
            ? true
            : throw new IOException($"not accepted: {Encoding.UTF8.GetString(answer, 0, length)}");
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer, int head)
    {
        ReadOnlySpan<byte> body = answer[(head + EndOfHead.Length)..];
        int at = answer[..head].IndexOf("Content-Length: "u8);
        if (at < 0)
        {
            return body.EndsWith("0\r\n\r\n"u8); // chunked
        }

        ReadOnlySpan<byte> digits = answer[(at + "Content-Length: ".Length)..head];
        int end = digits.IndexOf((byte)'\r');
        return body.Length >= int.Parse(end < 0 ? digits : digits[..end], CultureInfo.InvariantCulture);
    }
}
