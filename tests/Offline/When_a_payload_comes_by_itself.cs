using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReleaseIntegrity.Tests.Offline;

/// <summary>
/// cosign's payload, the log's entry that hashes it, and the push of the image arrive each by itself: the entry is about the image
/// through the payload's bytes, in any order.
/// </summary>
public sealed class When_a_payload_comes_by_itself : IDisposable
{
    private const string Repository = "registry.example.com/payments/api";
    private static readonly string Image = "sha256:" + new string('b', 64);
    private static readonly string Payload = $$$"""{"critical":{"identity":{"docker-reference":"{{{Repository}}}"},"image":{"docker-manifest-digest":"{{{Image}}}"},"type":"cosign container image signature"},"optional":null}""";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static string Push => $$"""
        {"events":[{"id":"1","timestamp":"2026-03-22T10:00:00Z","action":"push","target":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{Image}}","repository":"payments/api","tag":"v1"},"request":{"host":"registry.example.com"} }]}
        """;

    private static string Entry(string hashed)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            apiVersion = "0.0.1", kind = "hashedrekord",
            spec = new { data = new { hash = new { algorithm = "sha256", value = hashed } }, signature = new { content = "MEUC", publicKey = new { content = "" } } },
        });
        return JsonSerializer.Serialize(new Dictionary<string, object>
        {
            [Convert.ToHexStringLower(SHA256.HashData([0, .. body]))] = new
            {
                body = Convert.ToBase64String(body), integratedTime = 1774173605, logID = new string('c', 64), logIndex = 41,
            },
        });
    }

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Line(string format, string body) => JsonSerializer.Serialize(new
    {
        format, receivedAt = "2026-03-22T10:05:00Z", bodyBase64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(body)),
    });

    private static IEnumerable<string[]> Orders(string[] all) =>
        all.Length <= 1 ? [all] : all.SelectMany((first, i) => Orders([.. all[..i], .. all[(i + 1)..]]).Select(rest => (string[])[first, .. rest]));

    private Run Reconcile(params string[] lines) =>
        Run.Reconcile(_scratch["out"], _scratch.Write("in.ndjson", string.Join('\n', lines)), "--reveal", "--as-of", "2026-03-22T12:00:00Z");

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    public void The_entry_names_the_signature_of_the_image_in_any_order(string lineBreak)
    {
        string[] lines = [Line("distribution", Push), Line("rekor-v1", Entry(Sha256(Payload))), Line("cosign-simplesigning", Payload + lineBreak)];

        Run[] runs = [.. Orders(lines).Select(order => Reconcile(order))];

        Assert.Equal(6, runs.Length);
        Assert.Single(runs.Select(r => string.Join('\n', r.Documents.Values)).Distinct());
        Assert.All(runs, run =>
        {
            Assert.Contains("rekor:", run.Field("signature-envelope-id")["authoritative"]!.ToJsonString(), StringComparison.Ordinal);
            Assert.Equal(
                ["applied", "applied", "applied", "hint"],
                run.Items.Select(i => i["outcome"]!.GetValue<string>()).Order(StringComparer.Ordinal));
            Assert.Equal(0, run.Count("silentlyOverwritten"));
        });
    }

    [Fact]
    public void An_entry_about_other_bytes_waits_unbound()
    {
        Run run = Reconcile(Line("distribution", Push), Line("rekor-v1", Entry(Sha256(Payload + " "))), Line("cosign-simplesigning", Payload));

        Assert.Contains("unbound", run.Items.Select(i => i["outcome"]!.GetValue<string>()));
        Assert.False(run.Field("signature-envelope-id").TryGetPropertyValue("authoritative", out JsonNode? value) && value is not null);
    }
}
