using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerData;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerTest;

namespace ReleaseIntegrity.Tests.Normalisation.Ledger;

public sealed class RekorV1Tests
{
    private const string Format = "rekor-v1";

    [Fact]
    public void A_hashedrekord_entry_becomes_one_observation_golden()
    {
        using X509Certificate2 certificate = FulcioCertificate.ForWorkflow();
        JsonObject entry = RekorEntry(HashedRekord(A, certificate.ExportCertificatePem()));
        string leaf = LeafOf(entry);

        Observation observation = Observe(Format, RekorResponse(entry));

        string certificatePlace = $"at /{leaf}/body(base64-json)/spec/signature/publicKey/content(certificate)";
        Assert.Equal(
            $"""
            record signature-ledger {LogId} ledger-entry {LogId}/{leaf}
            revision 41 2026-03-22T10:00:00Z
            signed 2026-03-22T10:00:00Z, predicate -, pointer '/{leaf}'
            message {leaf}
            subject - sha256:{A} at /{leaf}/body(base64-json)/spec/data/hash/value
            signature-envelope-id [rekor:{leaf}, signature-sha256:{Sha256([1, 2, 3])}] at /{leaf}
            signer-identity [{FulcioCertificate.Workflow}] {certificatePlace}/subjectAltNames/0
            signer-key-id [{certificate.KeyId()}] {certificatePlace}/spkiSha256
            certificate-fingerprint [{certificate.Fingerprint()}] {certificatePlace}/sha256
            certificate-lineage [issuer-dn:CN=acme-intermediate, O=acme.example, oidc-issuer:{FulcioCertificate.Issuer}] {certificatePlace}
            ledger-write-time [2026-03-22T10:00:00Z] at /{leaf}/integratedTime
            """,
            Describe(observation));
    }

    [Fact]
    public void A_bundle_and_the_log_say_the_same_record_and_order_of_one_entry()
    {
        JsonObject body = HashedRekord(A);
        Observation bundle = Observe("sigstore-bundle", MessageBundle(MessageDigest("SHA2_256", A), entry: ProtoEntry(body)));
        Observation log = Observe(Format, RekorResponse(RekorEntry(body)));

        Assert.Equal(bundle.Record, log.Record);
        Assert.Equal(bundle.Revision, log.Revision);
        Assert.Equal(bundle.SigningTime, log.SigningTime);
        Assert.Equal(bundle.Values(Field.SignatureEnvelopeId), log.Values(Field.SignatureEnvelopeId));
        Assert.Equal(bundle.Values(Field.LedgerWriteTime), log.Values(Field.LedgerWriteTime));
    }

    [Fact]
    public void A_public_key_gives_its_hash_as_key_id_and_no_certificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Observation observation = Observe(Format, RekorEntry(HashedRekord(A, key.ExportSubjectPublicKeyInfoPem())));

        Assert.Equal(["spki-sha256:" + Sha256(key.ExportSubjectPublicKeyInfo())], observation.Values(Field.SignerKeyId));
        Assert.Null(observation.Reading(Field.CertificateFingerprint));
        Assert.Null(observation.Reading(Field.SignerIdentity));

        FieldReading unreadable = Observe(Format, RekorEntry(HashedRekord(A, "-----BEGIN PGP PUBLIC KEY BLOCK-----"))).Reading(Field.SignerKeyId)!;
        Assert.Empty(unreadable.Values);
        Assert.StartsWith("neither a certificate nor a public key", unreadable.Unreadable, StringComparison.Ordinal);
        Assert.Null(Observe(Format, RekorEntry(HashedRekord(A))).Reading(Field.SignerKeyId));
    }

    [Fact]
    public void A_uuid_may_have_the_tree_id_before_it_and_any_case()
    {
        JsonObject entry = RekorEntry(HashedRekord(A));
        string leaf = LeafOf(entry);

        foreach (string uuid in new[] { leaf, leaf.ToUpperInvariant(), "108e9186e8c5677a" + leaf })
        {
            Assert.Equal($"{LogId}/{leaf}", Observe(Format, new JsonObject { [uuid] = entry.DeepClone() }).Record.Id);
        }

        Reject(Format, new JsonObject { [leaf[1..]] = entry.DeepClone() }, "64 or 80 hex digits");
        Reject(Format, new JsonObject { ["x" + leaf[1..]] = entry.DeepClone() }, "64 or 80 hex digits");
        Reject(Format, new JsonObject { [A] = entry.DeepClone() }, "must be the leaf hash");
    }

    [Fact]
    public void Every_uuid_of_a_response_is_an_item_of_its_own()
    {
        JsonObject bad = RekorEntry(HashedRekord("abc"));
        JsonObject response = RekorResponse(RekorEntry(HashedRekord(A)), bad, RekorEntry(HashedRekord(B), 42));

        IReadOnlyList<NormalisedItem> items = Normalise(Format, response);

        Assert.Equal(3, items.Count);
        Assert.Equal("41", Assert.IsType<NormalisedItem.Observed>(items[0]).Observation.Revision.Counter);
        Assert.IsType<NormalisedItem.Rejected>(items[1]);
        Assert.Equal("42", Assert.IsType<NormalisedItem.Observed>(items[2]).Observation.Revision.Counter);

        string twice = RekorResponse(RekorEntry(HashedRekord(A))).ToJsonString();
        var rejected = Assert.IsType<NormalisedItem.Rejected>(Assert.Single(Normalise(Notify(Format, twice[..^1] + "," + twice[1..]))));
        Assert.Equal("stated more than once", rejected.Reason);
    }

    [Theory]
    [InlineData("logID", "\"not hex\"", "logID must be the log's id")]
    [InlineData("logID", "null", "logID must be the log's id")]
    [InlineData("logIndex", "null", "logIndex must be an integer")]
    [InlineData("logIndex", "\"x\"", "logIndex must be an integer")]
    [InlineData("integratedTime", "\"x\"", "integratedTime must be a time")]
    [InlineData("body", "null", "body is missing")]
    [InlineData("body", "\"%\"", "body must be base64")]
    [InlineData("body", "\"AQID\"", "not JSON")]
    public void An_entry_that_cannot_be_addressed_ordered_or_read_is_rejected(string member, string json, string reason)
    {
        JsonObject entry = RekorEntry(HashedRekord(A));
        entry[member] = JsonNode.Parse(json);

        Reject(Format, entry, reason);
    }

    [Fact]
    public void Signed_hashes_that_are_no_digest_are_rejected_and_foreign_ones_irrelevant()
    {
        Reject(Format, RekorEntry(HashedRekord("abc")), "right length");
        Reject(Format, RekorEntry(Body("hashedrekord", [], "0.0.1")), "right length");
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise(Format, RekorEntry(HashedRekord(new string('1', 40), algorithm: "sha1")))));
    }

    [Theory]
    [InlineData("dsse", "0.0.1")]
    [InlineData("intoto", "0.0.1")]
    [InlineData("intoto", "0.0.2")]
    [InlineData("rekord", "0.0.1")]
    [InlineData("cose", "0.0.1")]
    public void An_entry_that_names_no_subject_asks_for_what_does(string kind, string version)
    {
        JsonObject entry = RekorEntry(Body(kind, new JsonObject { ["envelopeHash"] = Hash("sha256", A) }, version));

        var hint = Assert.IsType<NormalisedItem.Hint>(Assert.Single(Normalise(Format, entry)));

        Assert.Equal((LogId, $"{LogId}/{LeafOf(entry)}"), (hint.Instance, hint.Target));
    }

    [Theory]
    [InlineData("jar")]
    [InlineData("rpm")]
    [InlineData("helm")]
    [InlineData("tuf")]
    [InlineData("alpine")]
    [InlineData("rfc3161")]
    [InlineData("something-new")]
    public void Entries_of_other_kinds_are_irrelevant(string kind) =>
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise(Format, RekorEntry(Body(kind, [])))));

    [Fact]
    public void A_version_that_is_not_mapped_or_no_kind_at_all_is_rejected()
    {
        Reject(Format, RekorEntry(Body("hashedrekord", [], "0.0.9")), "not mapped");
        Reject(Format, RekorEntry(new JsonObject { ["apiVersion"] = "0.0.1" }), "kind is missing");
    }

    [Fact]
    public void A_stored_attestation_names_the_subjects_and_may_claim_a_tag()
    {
        using X509Certificate2 certificate = FulcioCertificate.ForEMail();
        JsonObject entry = RekorEntry(Body("intoto", new JsonObject
        {
            ["content"] = new JsonObject
            {
                ["hash"] = Hash("sha256", B),
                ["payloadHash"] = Hash("sha256", A),
                ["envelope"] = new JsonObject
                {
                    ["signatures"] = new JsonArray(
                        new JsonObject { ["publicKey"] = Base64(certificate.ExportCertificatePem()), ["keyid"] = "kms-prod-sign-09", ["sig"] = "AQ==" }),
                },
            },
        }, "0.0.2"));
        JsonObject statement = Statement(Subject("registry.example/shop/cart:4.2.1", "sha256", A));
        entry["attestation"] = new JsonObject { ["data"] = Base64(statement.ToJsonString()) };

        Observation observation = Observe(Format, RekorResponse(entry));

        Subject subject = Assert.Single(observation.Subjects);
        Assert.Equal("registry.example/shop/cart:4.2.1", subject.Image?.ToString());
        Assert.Equal(Provenance, observation.PredicateType);
        Assert.Equal(["dsse-sha256:" + B, "rekor:" + LeafOf(entry)], observation.Values(Field.SignatureEnvelopeId));
        Assert.Equal(["kms-prod-sign-09"], observation.Values(Field.SignerKeyId));
        Assert.Equal([FulcioCertificate.EMail], observation.Values(Field.SignerIdentity));

        // Some logs store the envelope and not its payload.
        entry["attestation"]!["data"] = Base64(Dsse(statement).ToJsonString());
        Assert.Equal(subject.Image, Observe(Format, entry).Subjects[0].Image);

        entry["attestation"]!["data"] = Base64("no statement");
        Reject(Format, entry, "not JSON");
        entry["attestation"]!["data"] = Base64("{}");
        Reject(Format, entry, "no in-toto statement");
    }

    [Fact]
    public void Several_signers_of_one_entry_are_sets()
    {
        using X509Certificate2 one = FulcioCertificate.ForEMail();
        using X509Certificate2 two = FulcioCertificate.ForWorkflow();
        JsonObject entry = RekorEntry(Body("dsse", new JsonObject
        {
            ["envelopeHash"] = Hash("sha256", B),
            ["signatures"] = new JsonArray(
                [.. new[] { one, two }.Select(c => new JsonObject { ["signature"] = "AQ==", ["verifier"] = Base64(c.ExportCertificatePem()) })]),
        }));
        entry["attestation"] = new JsonObject { ["data"] = Base64(Statement(Subject("a.txt", "sha256", A)).ToJsonString()) };

        Observation observation = Observe(Format, entry);

        Assert.Equal([FulcioCertificate.Workflow, FulcioCertificate.EMail], observation.Values(Field.SignerIdentity));
        Assert.Equal(new[] { one.Fingerprint(), two.Fingerprint() }.Order(StringComparer.Ordinal), observation.Values(Field.CertificateFingerprint));
        Assert.Equal("/spec/signatures", observation.Reading(Field.SignerKeyId)!.Place.Pointer);
    }
}
