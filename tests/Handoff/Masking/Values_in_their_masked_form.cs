using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Masking;

namespace ReleaseIntegrity.Tests.Handoff.Masking;

public class Values_in_their_masked_form
{
    private const string A = "sha256:8f4000000000000000000000000000000000000000000000000000000000e7ac";
    private const string Fingerprint = "ab100000000000000000000000000000000000000000000000000000000009fe";
    private const string Untidy = """{"b":{},"a":[true,"\u0001\n\"\\\/…"],"":null}""";
    private static readonly Masker Masker = new(TokenKey.Published);

    [Theory]
    [InlineData("digest", A, "^sha256:8f4…7ac#[0-9a-f]{12}$")]
    [InlineData("digest", "no digest at all", @"^\[masked\]#[0-9a-f]{12}$")]
    [InlineData("reference", "registry.example.com/payments/api:rel-1@" + A, "^registry.example.com/<repo:[0-9a-f]{12}>:rel-1@sha256:8f4…7ac#[0-9a-f]{12}$")]
    [InlineData("reference", "registry.example.com/payments/api", "^registry.example.com/<repo:[0-9a-f]{12}>$")]
    [InlineData("reference", "Our cluster. eu/payments", @"^\[masked\]#[0-9a-f]{12}$")]
    [InlineData("reference", A, "^sha256:8f4…7ac#[0-9a-f]{12}$")]
    [InlineData("identifier", "kms-prod-sign-09", "^~[0-9a-f]{12}$")]
    [InlineData("identifier", "rekor:" + Fingerprint, "^rekor:ab1…9fe#[0-9a-f]{12}$")]
    [InlineData("fingerprint", Fingerprint, "^ab1…9fe#[0-9a-f]{12}$")]
    [InlineData("fingerprint", "SHA1 Fingerprint=AB:10:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:09:FE", "^ab1…9fe#[0-9a-f]{12}$")]
    [InlineData("text", "why not", @"^\[masked\]#[0-9a-f]{12}$")]
    [InlineData("a class of tomorrow", "why not", @"^\[masked\]#[0-9a-f]{12}$")]
    [InlineData("none", "rel-2026.03.22.4", @"^rel-2026\.03\.22\.4$")]
    [InlineData("text", "", "^$")]
    public void Each_class_has_its_form(string mask, string value, string pattern) =>
        Assert.Matches(pattern, MaskOne(mask, value));

    [Fact]
    public void Every_mask_class_of_the_policy_has_a_form()
    {
        foreach (string name in WireNames.All<MaskClass>().Where(n => n != "text"))
        {
            Assert.NotEqual(MaskOne("text", A), MaskOne(name, name == "identifier" ? "x" : A));
        }
    }

    [Fact]
    public void A_digest_has_one_token_alone_in_a_reference_in_words_and_in_a_tag()
    {
        JsonObject document = Ledger("digest", A);
        document["fields"]![0]!["candidates"] = new JsonArray(new JsonObject
        {
            ["source"] = "artifact-registry",
            ["recordId"] = "registry-tag:registry.example.com/payments/api:1",
            ["instance"] = "registry.example.com",
            ["value"] = A,
            ["about"] = A,
            ["revision"] = $"registry.example.com/payments/api@{A}",
            ["why"] = $"sha256-{A[7..]}.sig and {A}",
        });
        JsonNode masked = Masker.Mask(document);
        string text = CanonicalJson.Text(masked);
        string[] tokens = [.. Regex.Matches(text, "8f4…7ac#([0-9a-f]{12})").Select(m => m.Groups[1].Value)];
        Assert.Equal(6, tokens.Length);
        Assert.Single(tokens.Distinct());
        Assert.Matches("^registry-tag:~[0-9a-f]{12}$", (string)masked["fields"]![0]!["candidates"]![0]!["recordId"]!);
        Assert.DoesNotContain("payments", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_record_stays_findable_and_a_pod_does_not()
    {
        JsonObject document = Ledger("none", "x");
        document["writeTargets"] = new JsonArray(
            new JsonObject { ["source"] = "change-snapshot", ["instance"] = "acme.service-now.com", ["recordId"] = "46e18c0fa9fe19810066a0083f76bd56" },
            new JsonObject { ["source"] = "runtime-validation", ["instance"] = "prod-eu-1", ["recordId"] = "prod-eu-1/uid/app" });
        JsonNode masked = Masker.Mask(document)["writeTargets"]!;
        Assert.Equal("46e18c0fa9fe19810066a0083f76bd56", (string?)masked[0]!["recordId"]);
        Assert.Equal("acme.service-now.com", (string?)masked[0]!["instance"]);
        Assert.Matches("^~[0-9a-f]{12}$", (string?)masked[1]!["recordId"]);
        Assert.Matches("^~[0-9a-f]{12}$", (string?)masked[1]!["instance"]);
    }

    [Theory]
    [InlineData("/result/u_certificate", "^/result/u_certificate$")]
    [InlineData("", "^$")]
    [InlineData("/spec/ghcr.io~1org~1app@" + A, "^/spec/<seg:[0-9a-f]{12}>$")]
    [InlineData("/spec/payments~1api/0", "^/spec/<seg:[0-9a-f]{12}>/0$")]
    [InlineData("/metadata/annotations/kyverno.io~1verify-images", "^/metadata/annotations/kyverno.io~1verify-images$")]
    [InlineData("/metadata/annotations/payments~1api", "^/metadata/annotations/<seg:[0-9a-f]{12}>$")]
    [InlineData("/x/" + Fingerprint, "^/x/<seg:[0-9a-f]{12}>$")]
    public void A_pointer_keeps_its_names_and_loses_its_keys(string pointer, string pattern)
    {
        JsonObject document = Ledger("none", "x");
        document["pointer"] = pointer;
        Assert.Matches(pattern, (string)Masker.Mask(document)["pointer"]!);
    }

    [Fact]
    public void Addresses_of_documents_stay_unless_they_are_a_secret_in_disguise()
    {
        JsonObject document = Ledger("digest", A);
        document["notificationSha256"] = new string('a', 64);
        document["id"] = A[7..];
        JsonNode masked = Masker.Mask(document);
        Assert.Equal(new string('a', 64), (string?)masked["notificationSha256"]);
        Assert.Matches("^8f4…7ac#", (string?)masked["id"]);
    }

    [Fact]
    public void A_set_is_sorted_as_masked_so_that_its_order_tells_nothing()
    {
        JsonObject document = Ledger("identifier", "x");
        document["fields"]![0]!["authoritative"] = new JsonArray("a-1", "b-2", "c-3", "d-4", "e-5");
        string[] masked = [.. Masker.Mask(document)["fields"]![0]!["authoritative"]!.AsArray().Select(v => (string)v!)];
        Assert.Equal(masked.Order(StringComparer.Ordinal), masked);
        Assert.Equal(5, masked.Distinct().Count());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"schema":"ledger/v2","tuple":{}}""")]
    [InlineData("""{"schema":"package/v1"}""")]
    [InlineData("[1]")]
    public void Another_document_is_refused(string json) =>
        Assert.Throws<ArgumentException>(() => Masker.Mask(JsonNode.Parse(json)!));

    [Fact]
    public void A_tuple_has_one_keyed_name()
    {
        var tuple = new ImageReference("registry.example.com", "payments/api", "rel-1");
        Assert.Matches("^[0-9a-f]{32}$", Masker.TupleId(tuple));
        Assert.Equal(Masker.TupleId(tuple), new Masker(TokenKey.Published).TupleId(tuple));
        Assert.NotEqual(Masker.TupleId(tuple), new Masker(TokenKey.Generate()).TupleId(tuple));
        Assert.NotEqual(Masker.TupleId(tuple), Masker.TupleId(tuple with { Tag = "rel-2" }));
    }

    [Fact]
    public void Canonical_text_is_that_of_RFC_8785() =>
        Assert.Equal(
            "{\"\":null,\"a\":[true,\"\\u0001\\n\\\"\\\\/…\"],\"b\":{}}",
            CanonicalJson.Text(JsonNode.Parse(Untidy)));

    [Fact]
    public void A_value_that_no_field_explains_is_masked_as_the_strictest()
    {
        JsonObject document = Ledger("none", "x");
        document["alternatives"] = new JsonArray(new JsonObject { ["value"] = "who knows" }, new JsonObject { ["field"] = "f", ["value"] = "shown" });
        JsonNode masked = Masker.Mask(document)["alternatives"]!;
        Assert.StartsWith("[masked]#", (string?)masked[0]!["value"], StringComparison.Ordinal);
        Assert.Equal("shown", (string?)masked[1]!["value"]);
    }

    private static string MaskOne(string mask, string value) =>
        (string)Masker.Mask(Ledger(mask, value))["fields"]![0]!["authoritative"]!;

    private static JsonObject Ledger(string mask, string value) => new()
    {
        ["schema"] = "ledger/v1",
        ["tuple"] = new JsonObject { ["registry"] = "registry.example.com", ["repository"] = "payments/api", ["tag"] = "rel-1" },
        ["fields"] = new JsonArray(new JsonObject { ["field"] = "f", ["mask"] = mask, ["authoritative"] = value }),
    };
}
