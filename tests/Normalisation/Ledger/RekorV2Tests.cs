using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerData;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerTest;

namespace ReleaseIntegrity.Tests.Normalisation.Ledger;

public sealed class RekorV2Tests
{
    private const string Format = "rekor-v2";

    private static JsonObject HashedRekord2(string hex, X509Certificate2 certificate) => Body("hashedrekord", new JsonObject
    {
        ["hashedRekordV002"] = new JsonObject
        {
            ["data"] = MessageDigest("SHA2_256", hex),
            ["signature"] = new JsonObject
            {
                ["content"] = "AQID",
                ["verifier"] = new JsonObject { ["x509Certificate"] = new JsonObject { ["rawBytes"] = certificate.Base64() } },
            },
        },
    }, "0.0.2");

    [Fact]
    public void An_entry_becomes_one_observation_without_a_time_of_the_log_golden()
    {
        using X509Certificate2 certificate = FulcioCertificate.ForWorkflow();
        JsonObject entry = ProtoEntry(HashedRekord2(A, certificate), "743", time: null);
        string leaf = LeafOf(entry);

        Observation observation = Observe(Format, entry);

        string place = "at /canonicalizedBody(base64-json)/spec/hashedRekordV002/signature/verifier/x509Certificate/rawBytes(certificate)";
        Assert.Equal(
            $"""
            record signature-ledger {LogId} ledger-entry {LogId}/{leaf}
            revision 743 -
            signed 2026-03-22T09:58:30Z, predicate -, pointer ''
            message {leaf}
            subject - sha256:{A} at /canonicalizedBody(base64-json)/spec/hashedRekordV002/data/digest
            signature-envelope-id [rekor:{leaf}, signature-sha256:{Sha256([1, 2, 3])}] at 
            signer-identity [{FulcioCertificate.Workflow}] {place}/subjectAltNames/0
            signer-key-id [{certificate.KeyId()}] {place}/spkiSha256
            certificate-fingerprint [{certificate.Fingerprint()}] {place}/sha256
            certificate-lineage [issuer-dn:CN=acme-intermediate, O=acme.example, oidc-issuer:{FulcioCertificate.Issuer}] {place}
            ledger-write-time [] at /integratedTime
            """,
            Describe(observation));
    }

    [Fact]
    public void An_entry_of_a_tile_is_its_body_with_the_log_and_the_index_beside_it_golden()
    {
        using X509Certificate2 certificate = FulcioCertificate.ForWorkflow();
        string body = HashedRekord2(A, certificate).ToJsonString();
        string leaf = Sha256([0, .. Encoding.UTF8.GetBytes(body)]);
        Notification fetched = Notify(Format, body) with { Headers = new Dictionary<string, string> { ["log-id"] = LogId, ["log-index"] = "743" } };

        Observation observation = Assert.IsType<NormalisedItem.Observed>(Assert.Single(Normalise(fetched))).Observation;

        string place = "at /spec/hashedRekordV002/signature/verifier/x509Certificate/rawBytes(certificate)";
        Assert.Equal(
            $"""
            record signature-ledger {LogId} ledger-entry {LogId}/{leaf}
            revision 743 -
            signed 2026-03-22T09:58:30Z, predicate -, pointer ''
            message {leaf}
            subject - sha256:{A} at /spec/hashedRekordV002/data/digest
            signature-envelope-id [rekor:{leaf}, signature-sha256:{Sha256([1, 2, 3])}] at 
            signer-identity [{FulcioCertificate.Workflow}] {place}/subjectAltNames/0
            signer-key-id [{certificate.KeyId()}] {place}/spkiSha256
            certificate-fingerprint [{certificate.Fingerprint()}] {place}/sha256
            certificate-lineage [issuer-dn:CN=acme-intermediate, O=acme.example, oidc-issuer:{FulcioCertificate.Issuer}] {place}
            """,
            Describe(observation));

        // Without them nothing says where the body stands; malformed, nothing can be told by them.
        Assert.IsType<NormalisedItem.Hint>(Assert.Single(Normalise(Notify(Format, body))));
        Assert.All(
            new[] { ("log-id", "no hex"), ("log-index", "x") },
            bad => Assert.IsType<NormalisedItem.Rejected>(Assert.Single(Normalise(
                fetched with { Headers = new Dictionary<string, string>(fetched.Headers) { [bad.Item1] = bad.Item2 } }))));
    }

    [Fact]
    public void Several_entries_come_as_a_list_or_line_by_line()
    {
        using X509Certificate2 certificate = FulcioCertificate.ForWorkflow();
        string[] entries = [ProtoEntry(HashedRekord2(A, certificate), "1").ToJsonString(), ProtoEntry(HashedRekord2(B, certificate), "2").ToJsonString()];

        IReadOnlyList<NormalisedItem> lines = Normalise(Notify(Format, string.Join('\n', entries)));
        IReadOnlyList<NormalisedItem> list = Normalise(Notify(Format, $"[{string.Join(',', entries)}]"));

        Assert.Equal(["1", "2"], lines.Cast<NormalisedItem.Observed>().Select(o => o.Observation.Revision.Counter));
        Assert.Equal(["1", "2"], list.Cast<NormalisedItem.Observed>().Select(o => o.Observation.Revision.Counter));
    }

    [Fact]
    public void An_envelope_that_the_log_only_hashes_is_a_hint_and_an_unknown_kind_is_irrelevant()
    {
        JsonObject dsse = Body("dsse", new JsonObject { ["dsseV002"] = new JsonObject { ["payloadHash"] = MessageDigest("SHA2_256", A) } }, "0.0.2");

        Assert.IsType<NormalisedItem.Hint>(Assert.Single(Normalise(Format, ProtoEntry(dsse))));
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise(Format, ProtoEntry(Body("attestation-of-2031", [])))));
    }

    [Theory]
    [InlineData("rekor-v1")]
    [InlineData(Format)]
    public void A_checkpoint_says_how_long_the_log_is_and_a_malformed_one_says_nothing(string format)
    {
        string checkpoint = $"log.example - 7\n744\n{Convert.ToBase64String(new byte[32])}\n\n— log.example AAAA\n";

        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise(Notify(format, checkpoint))));
        Assert.IsType<NormalisedItem.Rejected>(Assert.Single(Normalise(Notify(format, checkpoint.Replace("744", "many", StringComparison.Ordinal)))));
    }

    [Fact]
    public void The_search_index_and_the_size_of_a_log_hold_no_entry()
    {
        var hint = Assert.IsType<NormalisedItem.Hint>(Assert.Single(Normalise(Notify("rekor-v1", $"[\"{A}\"]"))));
        Assert.Equal(A, hint.Target);
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise("rekor-v1", new JsonObject { ["treeSize"] = 7, ["rootHash"] = A, ["treeID"] = "1" })));
    }

    [Fact]
    public void An_entry_without_a_log_or_stated_twice_is_rejected()
    {
        JsonObject entry = ProtoEntry(HashedRekord(A));
        entry.Remove("logId");
        Reject(Format, entry, "logId.keyId");
        Reject(Format, new JsonObject { ["hello"] = 1 }, "must be a log entry");
        string twice = ProtoEntry(HashedRekord(A)).ToJsonString();
        twice = twice[..^1] + ",\"logIndex\":\"9\"}";
        Assert.IsType<NormalisedItem.Rejected>(Assert.Single(Normalise(Make.Bytes(Encoding.UTF8.GetBytes(twice), Source.SignatureLedger, Format))));
    }


    [Theory]
    [InlineData("hashedRekordRequestV002")]
    [InlineData("dsseRequestV002")]
    public void A_request_to_write_an_entry_is_none(string request) =>
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise(Format, new JsonObject { [request] = new JsonObject() })));
}
