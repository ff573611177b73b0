using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace ReleaseIntegrity.Tests.Offline;

/// <summary>
/// A generated world: several artifacts whose tags move and whose records are revised, repeated, withdrawn, skewed and
/// sometimes malformed, as lines in the order of receipt.
/// </summary>
internal sealed partial class Town
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Random _random;
    private readonly List<string> _lines = [];
    private readonly int _artifacts;
    private readonly int _minute;

    public Town(int seed, int artifacts, int notifications)
    {
        _random = new Random(seed);
        _artifacts = artifacts;
        for (int i = 0; i < notifications; i++)
        {
            _minute += _random.Next(0, 40);
            _lines.Add(Next());
        }
    }

    /// <summary>The lines.</summary>
    public IReadOnlyList<string> Lines => _lines;

    private string Next()
    {
        if (_lines.Count > 0 && Chance(12))
        {
            // Sent again: by a network that repeats, or by a sender that tries once more later.
            string again = _lines[_random.Next(_lines.Count)];
            return Chance(2) ? again : ReceivedAt().Replace(again, $"\"receivedAt\":\"{Time(_minute)}\"");
        }

        int artifact = _random.Next(_artifacts);
        return _random.Next(8) switch
        {
            0 or 1 => Event("artifact-registry", artifact, Chance(15) ? "withdrawn" : "observed", ""),
            2 or 3 => Event("signature-ledger", artifact, "observed", Entry()),
            4 or 5 => Event("change-snapshot", artifact, "observed", Change()),
            6 => Event("runtime-validation", artifact, Chance(8) ? "withdrawn" : "observed", Container()),
            _ => Chance(2) ? """{"format":"distribution","body":{"events":[{"action":"pull","target":{}}]}}""" : "{\"format\":\"harbor\",\"body\":",
        };
    }

    private string Event(string source, int artifact, string what, string more)
    {
        string receivedAt = Time(_minute);
        string time = Time(_minute - _random.Next(0, 90) + (Chance(25) ? 120 : 0));
        string tag = source == "signature-ledger" && Chance(3) ? "" : ":1.0";
        string body = $$$"""
            {"specversion":"1.0","id":"{{{_random.Next(1 << 20)}}}","source":"https://x.test","type":"dev.releaseintegrity.{{{source}}}.{{{what}}}.v1","time":"{{{time}}}","data":{"image":"r.test/app-{{{artifact}}}{{{tag}}}","digest":"{{{Digest(artifact)}}}","instance":"{{{source}}}-{{{_random.Next(2)}}}"{{{more}}}}}
            """;
        return Story.Line("cloudevents", body, receivedAt);
    }

    private string Entry()
    {
        int index = _random.Next(400);
        return $$""","logId":"{{new string('1', 64)}}","leafHash":"{{Hash($"leaf {index}")}}","revision":"{{index}}","signingTime":"{{Time(_minute - _random.Next(0, 300))}}","fields":{"signer-key-id":"key-{{_random.Next(3)}}","certificate-fingerprint":"{{Hash($"cert {_random.Next(3)}")}}","signature-envelope-id":"dsse-sha256:{{Hash($"env {index}")}}"}""";
    }

    private string Change() =>
        $$""","record":{"id":"CHG{{_random.Next(_artifacts * 2)}}"},"revision":"{{_minute / 30}}","approval":"{{(Chance(5) ? "cancelled" : "approved")}}","fields":{"approval-time":"{{Time(_minute - _random.Next(0, 3000))}}","release-window":"W{{_random.Next(3)}}","certificate-fingerprint":"{{Hash($"cert {_random.Next(3)}")}}"}""";

    private string Container() =>
        $$""","cluster":"c{{_random.Next(2)}}","podUid":"p{{_random.Next(6)}}","container":"app","revision":"{{_minute}}","fields":{"admission-check":"pass","observed-envelope-id":"dsse-sha256:{{Hash($"env {_random.Next(400)}")}}"}""";

    private string Digest(int artifact) => "sha256:" + Hash($"image {artifact} {_random.Next(3)}");

    [GeneratedRegex("\"receivedAt\":\"[^\"]*\"")]
    private static partial Regex ReceivedAt();

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private static string Time(int minute) => Start.AddMinutes(minute).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
