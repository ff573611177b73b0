using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace ReleaseIntegrity.Tests.Collectors.Resync.Fakes;

/// <summary>
/// A Rekor v2 log: a signed checkpoint, and bundles of 256 entries (C2SP tlog-tiles), full ones and the partial ones of every
/// size that the log has had, until the full one takes their place, and tiles of hashes likewise.
/// </summary>
internal sealed class FakeTiles(long before = 0) : FakeApi
{
    private const int Width = 256;

    private readonly List<int> _entries = [];

    public static string LogId => "ca11ab1e" + new string('5', 56);

    /// <summary>Runs after a checkpoint was answered.</summary>
    public Action Between { get; set; } = () => { };

    /// <summary>Entries that the checkpoint counts and no bundle has.</summary>
    public int Missing { get; set; }

    /// <summary>The first bytes of the id of the key that signs checkpoints.</summary>
    public string KeyId { get; set; } = LogId[..8];

    public override Source Source => Source.SignatureLedger;

    public override string Api => "rekor-v2";

    public override IReadOnlyList<(string Name, string Value)> Settings(string folder) =>
        [("LogId", Convert.ToBase64String(Convert.FromHexString(LogId)))];

    public override void Add(int i)
    {
        lock (Lock)
        {
            _entries.Add(i);
        }
    }

    public void Add(int first, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Add(first + i);
        }
    }

    /// <summary>The log as it was when it was so long.</summary>
    public void RestoreTo(int length)
    {
        lock (Lock)
        {
            _entries.RemoveRange(length, _entries.Count - length);
        }
    }

    public static byte[] Body(int i) => Encoding.UTF8.GetBytes(
        $$"""
        {"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_256","digest":"{{Convert.ToBase64String(Convert.FromHexString(FakeRegistry.DigestOf(BitConverter.GetBytes(i))[7..]))}}"},"signature":{"content":"MEUC","verifier":{"publicKey":{"rawBytes":"LS0t"} } } } } }
        """);

    public override async Task AnswerAsync(HttpContext context)
    {
        string path = context.Request.Path.Value!;
        byte[]? answer;
        lock (Lock)
        {
            answer = path == "/checkpoint" ? Checkpoint()
                : path.StartsWith("/tile/entries/", StringComparison.Ordinal) ? Bundle(path)
                : Tile(path);
        }

        if (answer is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
        if (path == "/checkpoint")
        {
            Between();
        }
    }

    private byte[] Checkpoint() => Encoding.UTF8.GetBytes(
        $"log.example\n{before + _entries.Count}\n{Convert.ToBase64String(before == 0 ? RootOf(0, _entries.Count) : new byte[32])}\n\n— log.example {Convert.ToBase64String([.. Convert.FromHexString(KeyId), 1, 2, 3])}\n");

    private byte[]? Bundle(string path)
    {
        (long first, int width) = Part(path["/tile/entries/".Length..], before + _entries.Count - Missing);
        return width == 0 ? null : [.. Enumerable.Range(0, width).SelectMany(i => Framed(Body(_entries[(int)(first + i - before)])))];
    }

    /// <summary>Roots of full subtrees of 256^level entries.</summary>
    private byte[]? Tile(string path)
    {
        string[] parts = path["/tile/".Length..].Split('/', 2);
        int span = (int)Math.Pow(Width, int.Parse(parts[0], CultureInfo.InvariantCulture));
        (long first, int width) = Part(parts[1], _entries.Count / span);
        return width == 0 ? null : [.. Enumerable.Range((int)first, width).SelectMany(i => RootOf(i * span, (i + 1) * span))];
    }

    /// <summary>Where a bundle or tile begins, and its width; 0 where it isn't there, or a full one has taken its place.</summary>
    private static (long First, int Width) Part(string path, long count)
    {
        string[] parts = path.Split(".p/");
        long first = long.Parse(parts[0].Replace("/", "", StringComparison.Ordinal).Replace("x", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * Width;
        int there = (int)Math.Clamp(count - first, 0, Width);
        int width = parts.Length == 1 ? Width : int.Parse(parts[1], CultureInfo.InvariantCulture);
        return (first, width > there || (parts.Length > 1 && there == Width) ? 0 : width);
    }

    /// <summary>RFC 6962 section 2.1, word by word.</summary>
    private byte[] RootOf(int from, int to)
    {
        if (to - from <= 1)
        {
            return to == from ? SHA256.HashData([]) : SHA256.HashData([0, .. Body(_entries[from])]);
        }

        int left = 1;
        while (left * 2 < to - from)
        {
            left *= 2;
        }

        return SHA256.HashData([1, .. RootOf(from, from + left), .. RootOf(from + left, to)]);
    }

    private static byte[] Framed(byte[] entry)
    {
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)entry.Length);
        return [.. length, .. entry];
    }
}
