using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ReleaseIntegrity.Tests.EndToEnd.Running;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.EndToEnd;

/// <summary>The scenario, read by <c>steward</c> as a process from <c>serve</c> as a process.</summary>
public sealed class When_a_steward_works_from_the_command_line : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Scratch _scratch = new();
    private Served? _served;

    public void Dispose()
    {
        _served?.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task The_scenario_is_read_from_the_holds_to_the_write_that_the_late_promotion_proposes()
    {
        _served = await Served.StartAsync(_scratch["data"]);
        await SignInAsync();
        await DisagreeAsync();
        JsonNode first = await StandingAsync(p => (int?)p["exceptionCount"] == 14);
        string tuple = (string)first["tuple"]!["id"]!;
        string prefix = tuple[..8];

        string held = await DoneAsync("packages", "show", prefix);
        Assert.Contains("ON RECONCILIATION HOLD", held, StringComparison.Ordinal);
        Assert.Contains("manifest-digest: digest-identity-conflict", held, StringComparison.Ordinal);
        Assert.Contains("Proposed writes (0)", held, StringComparison.Ordinal);

        string ledger = await DoneAsync("ledger", "show", $"registry.example.com/{first["tuple"]!["repository"]}:rel-2026.03.22.4");
        string digest = Assert.Single(ledger.Split('\n'), l => l.StartsWith("manifest-digest ", StringComparison.Ordinal));
        Assert.Matches("⏸ held +≠A sha256:8f4…7ac#\\w+ +≠B sha256:8f4…71e#\\w+ +≠B sha256:8f4…71e#\\w+ +≠B sha256:8f4…71e#", digest);

        Assert.Contains("observed-envelope-id", await DoneAsync("holds", "list", "--root", "--tuple", prefix), StringComparison.Ordinal);
        Assert.Contains("digest-identity-conflict", await DoneAsync("ledger", "explain", prefix, "manifest-digest", "--lineage"), StringComparison.Ordinal);
        Assert.Contains("contested", await DoneAsync("release", "show", "rel-2026.03.22.4"), StringComparison.Ordinal);

        await PlayAsync("5-registry-promotes-B.distribution.json", "/notifications/distribution");
        JsonNode second = await StandingAsync(p => (int?)p["proposedWriteCount"] == 1);

        string proposed = await DoneAsync("packages", "show", prefix);
        Assert.Contains("Proposed writes (1)", proposed, StringComparison.Ordinal);
        Assert.Matches("write    \\S+: \\w{3}…\\w{3}#\\w+ → \\w{3}…\\w{3}#\\w+", proposed);
        Assert.Matches("manifest-digest +state +held +→ +agreed", await DoneAsync("packages", "diff", prefix, "--base", (string)first["revision"]!));
        Assert.Contains("manifest-digest", await DoneAsync("ledger", "timeline", prefix, "--field", "manifest-digest"), StringComparison.Ordinal);
        Assert.Contains((string)second["packageId"]!, await DoneAsync("packages", "watch", "--tuple", prefix, "--count", (string)second["revision"]!, "--json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_steward_pins_authorises_and_sees_the_repair_and_all_of_it_can_be_shown_later()
    {
        _served = await Served.StartAsync(_scratch["data"]);
        await SignInAsync();
        await DisagreeAsync();
        string tuple = ((string)(await StandingAsync(p => (int?)p["exceptionCount"] == 14))["tuple"]!["id"]!)[..8];

        string shown = await DoneAsync("ledger", "explain", tuple, "manifest-digest", "--json");
        JsonArray candidates = JsonNode.Parse(shown)!["field"]!["candidates"]!.AsArray();
        int signed = Enumerable.Range(0, candidates.Count).First(i => (string?)candidates[i]!["lineage"]!["source"] == "signature-ledger");
        await DoneAsync("decide", "pin", tuple, "manifest-digest", "--candidate", $"{signed}", "--expires", "8h", "--reason", "the promotion of B is under way", "--yes");
        await LedgerShowsAsync(tuple, "steward-pin");
        await DoneAsync("decide", "unpin", tuple, "manifest-digest", "--reason", "it is promoted now", "--yes");
        await LedgerShowsAsync(tuple, "digest-identity-conflict");

        await PlayAsync("5-registry-promotes-B.distribution.json", "/notifications/distribution");
        JsonNode package = await StandingAsync(p => (int?)p["proposedWriteCount"] == 1);
        string at = $"{tuple}@{package["revision"]}";
        await DoneAsync("decide", "acknowledge", at, "--yes");
        await DoneAsync("decide", "annotate", at, "approval-time", "--note", "asked the owner of the change", "--yes");
        Assert.Contains("pending", await DoneAsync("decide", "authorize", at, "--yes"), StringComparison.Ordinal);
        Assert.Contains("asked the owner of the change", await DoneAsync("packages", "show", at), StringComparison.Ordinal);
        await CorrectAsync();
        await Eventually.IsAsync("the repair is seen", () => DoneAsync("packages", "show", at), text => text.Contains("repaired", StringComparison.Ordinal), () => _served.Log);
        Assert.Contains("observed", await DoneAsync("decide", "list", "--tuple", tuple), StringComparison.Ordinal);
        Assert.Contains("certificate-fingerprint", await DoneAsync("rollback", at), StringComparison.Ordinal);

        await DoneAsync("reveal", tuple, "certificate-fingerprint", "--reason", "compare with the certificate of the change");
        JsonNode exported = JsonNode.Parse(await DoneAsync("packages", "export", at, "--json"))!;
        await File.WriteAllTextAsync(_scratch["package.dsse.json"], (string)exported["envelopeJson"]!);
        await File.WriteAllTextAsync(_scratch["handoff.pem"], (string)exported["publicKeyPem"]!);
        await DoneAsync("packages", "verify", _scratch["package.dsse.json"], "--key", _scratch["handoff.pem"]);
        string audit = await DoneAsync("audit", "list");
        Assert.All(
            new[] { "pin", "unpin", "acknowledge", "annotate", "authorize-repair", "reveal", "export" },
            kind => Assert.Matches($@"\b{kind}\b", audit));
        Assert.Contains("intact", await DoneAsync("audit", "verify"), StringComparison.Ordinal);
    }

    private async Task DisagreeAsync()
    {
        await PlayAsync("1-registry-promotes-A.distribution.json", "/notifications/distribution");
        await PlayAsync("2-ledger-signs-B.sigstore-bundle.json", "/notifications/sigstore-bundle");
        await PlayAsync("3-change-approves-B.servicenow.json", "/notifications/servicenow");
        await PlayAsync("4-runtime-runs-B.cloudevents.json", "/runtime-validation/notifications/cloudevents");
    }

    private Task LedgerShowsAsync(string tuple, string text) => Eventually.IsAsync(
        $"the ledger shows {text}",
        () => DoneAsync("ledger", "explain", tuple, "manifest-digest"),
        shown => shown.Contains(text, StringComparison.Ordinal),
        () => _served!.Log);

    private Task SignInAsync() => DoneAsync("login", "--data-folder", _scratch["data"]);

    /// <summary>The package that stands, once it is as wanted.</summary>
    private async Task<JsonNode> StandingAsync(Func<JsonNode, bool> wanted)
    {
        JsonArray packages = await Eventually.IsAsync(
            "the package of the scenario",
            async () => JsonNode.Parse(await DoneAsync("packages", "list", "--state", "prepared", "--json"))!["packages"] as JsonArray ?? [],
            p => p.Count == 1 && wanted(p[0]!),
            () => _served!.Log);
        return packages[0]!;
    }

    private async Task<string> DoneAsync(params string[] args)
    {
        ProcessStartInfo start = Program.Steward.Start(args);
        start.Environment["STEWARD_SERVER"] = _served!.Grpc.ToString();
        start.Environment["XDG_CONFIG_HOME"] = _scratch["config"];
        start.StandardOutputEncoding = Encoding.UTF8;
        Outcome outcome = await Outcome.OfAsync(start, Limit);
        Assert.True(outcome.Code == 0, $"steward {string.Join(' ', args)} ended with {outcome.Code}: {outcome.Error}\n{_served.Log}");
        return outcome.Output;
    }

    /// <summary>The owner of the change writes what was authorised: the fingerprint of the certificate in the ledger.</summary>
    private async Task CorrectAsync()
    {
        JsonNode bundle = JsonNode.Parse(await ScenarioAsync("2-ledger-signs-B.sigstore-bundle.json"))!;
        byte[] certificate = Convert.FromBase64String((string)bundle["verificationMaterial"]!["certificate"]!["rawBytes"]!);
        JsonNode change = JsonNode.Parse(await ScenarioAsync("3-change-approves-B.servicenow.json"))!;
        JsonNode record = change["result"]!;
        record["u_certificate_fingerprint"] = string.Join(':', Convert.ToHexString(SHA256.HashData(certificate)).Chunk(2).Select(pair => new string(pair)));
        record["sys_mod_count"] = "8";
        record["sys_updated_on"] = "2026-03-22 12:30:00";
        await SendAsync(Encoding.UTF8.GetBytes(change.ToJsonString()), "/notifications/servicenow");
    }

    private static Task<byte[]> ScenarioAsync(string file) =>
        File.ReadAllBytesAsync(Path.Combine(Program.Root, "services/AllInOne/Demo/Scenario", file));

    private async Task PlayAsync(string file, string path) => await SendAsync(await ScenarioAsync(file), path);

    private async Task SendAsync(byte[] body, string path)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(path.EndsWith("cloudevents", StringComparison.Ordinal) ? "application/cloudevents+json" : "application/json");
        using HttpClient http = _served!.Client();
        using HttpResponseMessage response = await http.PostAsync(path, content);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }
}
