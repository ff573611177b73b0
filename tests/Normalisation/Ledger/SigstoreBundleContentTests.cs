using System.Text.Json.Nodes;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerData;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerTest;

namespace ReleaseIntegrity.Tests.Normalisation.Ledger;

public sealed class SigstoreBundleContentTests
{
    private const string Format = "sigstore-bundle";
    private static readonly string C512 = new('5', 128);

    [Fact]
    public void Every_subject_with_a_readable_digest_counts_and_the_others_are_skipped()
    {
        JsonObject statement = Statement(
            Subject("registry.example/shop/cart:4.2.1", "sha256", A),
            Subject(null, "sha512", C512),
            new JsonObject { ["uri"] = "registry.example/shop/cart:next", ["digest"] = new JsonObject { ["sha256"] = B.ToUpperInvariant() } },
            Subject("source", "gitCommit", new string('1', 40)),
            Subject("elided.txt", "sha256", "abc…"),
            new JsonObject { ["name"] = "no-digest" });
        statement["_type"] = "https://in-toto.io/Statement/v0.1";

        Observation observation = Observe(Format, DsseBundle(statement));

        Assert.Equal(
            [("registry.example/shop/cart:4.2.1", "sha256:" + A), (null, "sha512:" + C512), ("registry.example/shop/cart:next", "sha256:" + B)],
            observation.Subjects.Select(s => (s.Image?.ToString(), s.Digest!.Value.Text)));
    }

    [Fact]
    public void A_subject_with_two_oci_digests_is_about_both()
    {
        JsonObject subject = Subject("a.txt", "sha256", A);
        subject["digest"]!["sha512"] = C512;

        Assert.Equal(["sha256:" + A, "sha512:" + C512], Observe(Format, DsseBundle(Statement(subject))).Subjects.Select(s => s.Digest!.Value.Text));
    }

    [Fact]
    public void Statements_whose_subjects_name_no_oci_digest_are_no_evidence()
    {
        var rejected = Reject(Format, DsseBundle(Statement(Subject("x", "sha256", "abc"), Subject("y", "sha1", new string('1', 40)))), "not a sha256");
        Assert.Equal("/subject/0/digest/sha256", rejected.Pointer);

        Assert.IsType<NormalisedItem.Irrelevant>(Single(Statement(Subject("x", "gitCommit", new string('1', 40)))));
        Assert.IsType<NormalisedItem.Rejected>(Single(Statement(new JsonObject { ["name"] = "x", ["digest"] = "sha256:" + A })));

        var hint = Assert.IsType<NormalisedItem.Hint>(Single(Statement(new JsonObject { ["name"] = "registry.example/shop/cart:4.2.1" })));
        Assert.Equal((LogId, "registry.example/shop/cart:4.2.1"), (hint.Instance, hint.Target));
        hint = Assert.IsType<NormalisedItem.Hint>(Single(Statement()));
        Assert.StartsWith(LogId + "/", hint.Target, StringComparison.Ordinal);

        static NormalisedItem Single(JsonObject statement) => Assert.Single(Normalise(Format, DsseBundle(statement)));
    }

    [Fact]
    public void A_name_that_contradicts_its_digest_is_rejected()
    {
        Reject(Format, DsseBundle(Statement(Subject("registry.example/shop/cart:4@sha256:" + B, "sha256", A))), "different digests");

        Observation agreeing = Observe(Format, DsseBundle(Statement(Subject("registry.example/shop/cart:4@sha256:" + A, "sha256", A))));
        Assert.Equal("registry.example/shop/cart:4", agreeing.Subjects[0].Image?.ToString());
    }

    [Theory]
    [InlineData("cosign.sigstore.dev/attestation/v1")]
    [InlineData("https://example.com/CodeReview/v1")]
    public void The_payload_says_whether_it_is_a_statement_and_not_its_type(string payloadType)
    {
        JsonObject bundle = DsseBundle(Statement(Subject("a.txt", "sha256", A)));
        bundle["dsseEnvelope"]!["payloadType"] = payloadType;
        Observe(Format, bundle);

        bundle["dsseEnvelope"]!["payload"] = Base64("not JSON");
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise(Format, bundle)));
    }

    [Fact]
    public void A_declared_statement_that_is_none_is_rejected()
    {
        JsonObject bundle = DsseBundle(Statement());
        bundle["dsseEnvelope"]!["payload"] = Base64("{");
        Reject(Format, bundle, "not JSON: line 1, column 2");
        bundle["dsseEnvelope"]!["payload"] = "%%%";
        Reject(Format, bundle, "not base64");
        bundle["dsseEnvelope"]!["payload"] = Base64("""{"_type":"https://example.com/other"}""");
        Reject(Format, bundle, "_type is no in-toto statement");
        bundle["dsseEnvelope"]!["payload"] = Base64(
            """{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"AA","sha256":"AA"}}]}""".Replace("AA", A, StringComparison.Ordinal));
        Reject(Format, bundle, "stated more than once");
    }

    [Fact]
    public void A_payload_may_be_url_safe_base64()
    {
        JsonObject statement = Statement(Subject("a.txt", "sha256", A));
        statement["predicate"] = new JsonObject { ["note"] = "ÿ?>~~~" };
        JsonObject bundle = DsseBundle(statement);
        string payload = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(statement.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })));
        Assert.True(payload.AsSpan().ContainsAny('+', '/'));
        bundle["dsseEnvelope"]!["payload"] = payload.Replace('+', '-').Replace('/', '_').TrimEnd('=');

        Assert.Equal("sha256:" + A, Observe(Format, bundle).Subjects[0].Digest?.Text);
    }

    [Theory]
    [InlineData("SHA2_256", 64, "sha256")]
    [InlineData("SHA2_384", 96, "sha384")]
    [InlineData("SHA2_512", 128, "sha512")]
    [InlineData("1", 64, "sha256")]
    public void Message_digests_are_read_in_every_oci_algorithm(string algorithm, int digits, string expected)
    {
        Observation observation = Observe(Format, MessageBundle(MessageDigest(algorithm, new string('e', digits))));

        Assert.Equal($"{expected}:{new string('e', digits)}", Assert.Single(observation.Subjects).Digest?.Text);
    }

    [Fact]
    public void Message_digests_that_are_none_are_rejected_and_foreign_ones_irrelevant()
    {
        Reject(Format, MessageBundle(MessageDigest("SHA2_256", "abcd")), "of the right length");
        Reject(Format, MessageBundle(JsonNode.Parse("""{"digest":"AQID"}""")!.AsObject()), "of the right length");
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise(Format, MessageBundle(MessageDigest("SHA3_256", A)))));
    }

    [Fact]
    public void A_message_signature_without_digest_takes_the_digest_that_the_log_has()
    {
        Observation observation = Observe(Format, MessageBundle(null, entry: ProtoEntry(HashedRekord(B))));
        Assert.Equal("sha256:" + B, Assert.Single(observation.Subjects).Digest?.Text);

        var hint = Assert.IsType<NormalisedItem.Hint>(Assert.Single(Normalise(Format, MessageBundle(null))));
        Assert.Equal("unlogged", hint.Instance);
        Assert.StartsWith("signature-sha256:", hint.Target, StringComparison.Ordinal);
    }

    [Fact]
    public void The_logs_own_envelope_hash_is_listed_once_and_stands_beside_ours()
    {
        JsonObject bundle = DsseBundle(Statement(Subject("a.txt", "sha256", A)));
        string own = Sha256(bundle["dsseEnvelope"]!.ToJsonString());
        Assert.Contains("dsse-sha256:" + B, Observe(Format, bundle).Values(Field.SignatureEnvelopeId));

        JsonObject same = ProtoEntry(Body("intoto", new JsonObject { ["content"] = new JsonObject { ["hash"] = Hash("sha256", own) } }, "0.0.2"));
        bundle["verificationMaterial"]!["tlogEntries"] = new JsonArray(same);
        Assert.Equal(["dsse-sha256:" + own, "rekor:" + LeafOf(same)], Observe(Format, bundle).Values(Field.SignatureEnvelopeId));
    }
}
