using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Masking;

namespace ReleaseIntegrity.Tests.Handoff.Masking;

/// <summary>Invariant I9 over random documents.</summary>
public class Masked_documents_hold_no_secret
{
    private static readonly Masker Masker = new(TokenKey.Published);

    [Fact]
    public void No_secret_survives_anywhere() =>
        ForAll(200, seed =>
        {
            var random = new RandomDocument(seed);
            JsonNode masked = Masker.Mask(random.Document);
            Assert.Empty(Leaks.In(masked, random.Secrets));
        });

    /// <summary>Were the check blind, the property above would hold for any masker.</summary>
    [Fact]
    public void The_check_sees_secrets_where_nothing_is_masked() =>
        ForAll(25, seed =>
        {
            var random = new RandomDocument(seed);
            Assert.NotEmpty(Leaks.In(random.Document, random.Secrets));
        });

    [Fact]
    public void Masking_is_deterministic_and_idempotent() =>
        ForAll(80, seed =>
        {
            JsonObject document = new RandomDocument(seed).Document;
            string before = document.ToJsonString();
            string once = CanonicalJson.Text(Masker.Mask(document));
            Assert.Equal(once, CanonicalJson.Text(new Masker(TokenKey.Published).Mask(document)));
            Assert.Equal(once, Masker.Mask(once));
            Assert.Equal(once, Masker.Mask(before));
            Assert.Equal(before, document.ToJsonString());
        });

    [Fact]
    public void Masking_keeps_the_shape() =>
        ForAll(80, seed =>
        {
            JsonObject document = new RandomDocument(seed).Document;
            AssertSameShape(document, Masker.Mask(document));
        });

    [Fact]
    public void Equal_values_have_equal_tokens_and_different_values_different_ones() =>
        ForAll(80, seed =>
        {
            JsonObject document = new RandomDocument(seed).Document;
            var tokens = new Dictionary<string, string>();
            foreach ((string raw, string masked) in SingleValues(document, Masker.Mask(document)))
            {
                string token = Regex.Match(masked, "([0-9a-f]{12})$").Value;
                Assert.NotEqual("", token);
                string normal = Regex.IsMatch(raw, "^[0-9A-F:]{95}$") ? raw.Replace(":", "").ToLowerInvariant() : raw;
                normal = normal.Contains('@') && normal.Contains("sha256:") ? normal[(normal.IndexOf('@') + 1)..] : normal;
                Assert.Equal(token, tokens.TryAdd(normal, token) ? token : tokens[normal]);
            }

            Assert.Equal(tokens.Count, tokens.Values.Distinct().Count());
        });

    [Fact]
    public void Another_key_gives_other_tokens()
    {
        JsonObject document = new RandomDocument(1).Document;
        Assert.NotEqual(
            CanonicalJson.Text(Masker.Mask(document)),
            CanonicalJson.Text(new Masker(TokenKey.Generate()).Mask(document)));
    }

    private static void ForAll(int count, Action<int> property) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(count), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), property));

    private static void AssertSameShape(JsonNode? a, JsonNode? b)
    {
        Assert.Equal(a?.GetValueKind(), b?.GetValueKind());
        if (a is JsonObject members)
        {
            Assert.Equal(members.Select(m => m.Key), b!.AsObject().Select(m => m.Key));
            foreach ((string name, JsonNode? member) in members)
            {
                AssertSameShape(member, b[name]);
            }
        }
        else if (a is JsonArray items)
        {
            Assert.Equal(items.Count, b!.AsArray().Count);
            for (int i = 0; i < items.Count; i++)
            {
                AssertSameShape(items[i], b[i]);
            }
        }
    }

    /// <summary>Raw and masked value pairs of masked fields; sets are re-sorted, so they don't pair up.</summary>
    private static IEnumerable<(string Raw, string Masked)> SingleValues(JsonNode? raw, JsonNode? masked, string key = "", string mask = "")
    {
        if (raw is JsonObject members)
        {
            mask = (string?)members["mask"] ?? mask;
            return members.SelectMany(m => SingleValues(m.Value, masked![m.Key], m.Key, mask));
        }

        if (raw is JsonArray items)
        {
            return key is "value" or "authoritative" ? [] : items.SelectMany((item, i) => SingleValues(item, masked![i], key, mask));
        }

        bool compared = key is "value" or "authoritative" && mask is not ("none" or "") && raw?.GetValueKind() == JsonValueKind.String;
        return compared && !((string)raw!).EndsWith("/" + Path(raw), StringComparison.Ordinal) ? [((string)raw!, (string)masked!)] : [];
    }

    /// <summary>The path of a bare repository reference, whose token does not come last.</summary>
    private static string Path(JsonNode raw) =>
        raw.ToString() is { } text && Regex.IsMatch(text, "^(registry.example.com|localhost:5000)/[^@:]+$") ? text[(text.IndexOf('/') + 1)..] : "\n";
}
