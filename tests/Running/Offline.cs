using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReleaseIntegrity.Tests.Running;

/// <summary>One delivery for the offline command: the bytes, and when they were received.</summary>
public sealed record Delivered(string Format, DateTimeOffset ReceivedAt, byte[] Body, IReadOnlyDictionary<string, string>? Headers = null)
{
    /// <summary>As a line of NDJSON.</summary>
    public string Line() => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["format"] = Format,
        ["receivedAt"] = ReceivedAt.ToString("O", CultureInfo.InvariantCulture),
        ["headers"] = Headers,
        ["bodyBase64"] = Convert.ToBase64String(Body),
    });
}

/// <summary>The result of <c>reconcile</c> over the same deliveries: what the running process has to agree with.</summary>
public sealed class Offline
{
    private readonly string _folder;

    private Offline(string folder) => _folder = folder;

    /// <summary>The counts.</summary>
    public JsonNode Summary => Read("summary.json");

    /// <summary>The ledgers, by the SHA-256 of their canonical bytes.</summary>
    public IReadOnlyDictionary<string, JsonNode> Ledgers => Directory
        .EnumerateFiles(Path.Combine(_folder, "ledgers"))
        .ToDictionary(f => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(f))), f => JsonNode.Parse(File.ReadAllText(f))!);

    /// <summary>The packages.</summary>
    public IReadOnlyList<JsonNode> Packages =>
        [.. Directory.EnumerateFiles(Path.Combine(_folder, "packages")).Select(f => JsonNode.Parse(File.ReadAllText(f))!)];

    /// <summary>The ledger of a tag.</summary>
    public JsonNode Ledger(string tag) => Ledgers.Values.Single(l => (string?)l["tuple"]!["tag"] == tag);

    /// <summary>Reconciles, unmasked, as of now.</summary>
    public static async Task<Offline> ReconcileAsync(Scratch scratch, IEnumerable<Delivered> deliveries)
    {
        string name = $"offline-{Guid.NewGuid():N}";
        string input = scratch.Write($"{name}.ndjson", string.Concat(deliveries.Select(d => d.Line() + "\n")));
        Outcome run = await Program.AllInOne.RunAsync(
            TimeSpan.FromSeconds(60), "reconcile", input, "--out", scratch[name], "--reveal", "--json",
            "--as-of", DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture));
        Assert.True(run.Code == 0, run.Error);
        return new Offline(scratch[name]);
    }

    private JsonNode Read(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, name)))!;
}
