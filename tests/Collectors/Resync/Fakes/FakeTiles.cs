using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace ReleaseIntegrity.Tests.Collectors.Resync.Fakes;

/// <summary>
/// A Rekor v2 log: a signed checkpoint, and bundles of 256 entries (C2SP tlog-tiles), full ones and the partial ones of every
/// size that the log has had, until the full one takes their place.
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
            answer = path == "/checkpoint" ? Checkpoint() : Bundle(path);
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
        $"log.example\n{before + _entries.Count}\n{Convert.ToBase64String(new byte[32])}\n\n— log.example {Convert.ToBase64String([.. Convert.FromHexString(KeyId), 1, 2, 3])}\n");

    private byte[]? Bundle(string path)
    {
        const string Prefix = "/tile/entries/";
        string[] parts = path[Prefix.Length..].Split(".p/");
        long first = long.Parse(parts[0].Replace("/", "", StringComparison.Ordinal).Replace("x", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * Width;
        int there = (int)Math.Clamp(before + _entries.Count - Missing - first, 0, Width);
        int width = parts.Length == 1 ? Width : int.Parse(parts[1], CultureInfo.InvariantCulture);
        bool isGone = parts.Length > 1 && there == Width;
        return width > there || isGone ? null : [.. Enumerable.Range(0, width).SelectMany(i => Framed(Body(_entries[(int)(first + i - before)])))];
    }

    private static byte[] Framed(byte[] entry)
    {
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)entry.Length);
        return [.. length, .. entry];
    }
}
