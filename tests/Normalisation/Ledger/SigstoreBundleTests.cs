using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerData;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerTest;

namespace ReleaseIntegrity.Tests.Normalisation.Ledger;

public sealed class SigstoreBundleTests
{
    private const string Format = "sigstore-bundle";

    [Fact]
    public void A_tagged_provenance_bundle_becomes_one_observation_golden()
    {
        using X509Certificate2 certificate = FulcioCertificate.ForWorkflow();
        JsonObject entry = ProtoEntry(Body("dsse", new JsonObject { ["envelopeHash"] = Hash("sha256", B) }));
        JsonObject bundle = DsseBundle(
            Statement(Subject("registry.example/shop/cart:4.2.1", "sha256", A), Subject("pkg:oci/cart@sha256%3A" + B + "?repository_url=registry.example/shop/cart", "sha256", B)),
            new JsonObject { ["certificate"] = new JsonObject { ["rawBytes"] = certificate.Base64() } },
            entry);
        string envelope = Sha256(bundle["dsseEnvelope"]!.ToJsonString());
        string leaf = LeafOf(entry);

        Observation observation = Observe(Format, bundle);

        const string Certificate = "at /verificationMaterial/certificate/rawBytes(certificate)";
        Assert.Equal(
            $"""
            record signature-ledger {LogId} ledger-entry {LogId}/{leaf}
            revision 41 2026-03-22T10:00:00Z
            signed 2026-03-22T10:00:00Z, predicate {Provenance}, pointer ''
            message dsse-sha256:{envelope}/{leaf}
            subject registry.example/shop/cart:4.2.1 sha256:{A} at /dsseEnvelope/payload(base64-json)/subject/0/digest/sha256
            subject registry.example/shop/cart sha256:{B} at /dsseEnvelope/payload(base64-json)/subject/1/digest/sha256
            signature-envelope-id [{string.Join(", ", new[] { "dsse-sha256:" + B, "dsse-sha256:" + envelope, "rekor:" + leaf }.Order(StringComparer.Ordinal))}] at{" "}
            signer-identity [{FulcioCertificate.Workflow}] {Certificate}/subjectAltNames/0
            signer-key-id [{certificate.KeyId()}] {Certificate}/spkiSha256
            certificate-fingerprint [{certificate.Fingerprint()}] {Certificate}/sha256
            certificate-lineage [issuer-dn:CN=acme-intermediate, O=acme.example, oidc-issuer:{FulcioCertificate.Issuer}] {Certificate}
            attestation-bundle [sha256:{Sha256(bundle.ToJsonString())}] at (sha256)
            ledger-write-time [2026-03-22T10:00:00Z] at /verificationMaterial/tlogEntries/0/integratedTime
            """,
            Describe(observation));
        Assert.Equal(FulcioCertificate.Workflow, observation.Reading(Field.SignerIdentity)!.Raw);
        Assert.Equal("1774173600", observation.Reading(Field.LedgerWriteTime)!.Raw);
    }

    [Fact]
    public void A_message_signature_without_a_log_entry_is_known_by_its_signature()
    {
        using X509Certificate2 certificate = FulcioCertificate.ForEMail();
        JsonObject bundle = MessageBundle(
            MessageDigest("SHA2_256", A), new JsonObject { ["certificate"] = new JsonObject { ["rawBytes"] = certificate.Base64() } });

        Observation observation = Observe(Format, bundle);

        string id = "signature-sha256:" + Sha256([1, 2, 3]);
        Assert.Equal(new SourceRecord(Source.SignatureLedger, "unlogged", RecordKind.LedgerEntry, id), observation.Record);
        Assert.Equal(new Revision(null, null), observation.Revision);
        Assert.Equal(FulcioCertificate.NotBefore, observation.SigningTime);
        Assert.Equal(id, observation.MessageId);
        Assert.Equal([id], observation.Values(Field.SignatureEnvelopeId));
        Assert.Equal([FulcioCertificate.EMail], observation.Values(Field.SignerIdentity));
        Assert.Contains("oidc-issuer:" + FulcioCertificate.Issuer, observation.Values(Field.CertificateLineage));
        Assert.Null(observation.Reading(Field.LedgerWriteTime));
        Assert.Null(observation.PredicateType);
        Subject subject = Assert.Single(observation.Subjects);
        Assert.Null(subject.Image);
        Assert.Equal("sha256:" + A, subject.Digest?.Text);
    }

    [Fact]
    public void A_configured_instance_names_the_ledger_and_the_log_id_stays_in_the_record()
    {
        Observation observation = Observe(Format, DsseBundle(Statement(Subject("a.txt", "sha256", A))), "prod-ledger");

        Assert.Equal("prod-ledger", observation.Record.Instance);
        Assert.StartsWith(LogId + "/", observation.Record.Id, StringComparison.Ordinal);
        Assert.Equal(["kms-prod-sign-09"], observation.Values(Field.SignerKeyId));
        Assert.Null(observation.Reading(Field.SignerIdentity));
        Assert.Null(observation.Reading(Field.CertificateFingerprint));
    }

    [Theory]
    [InlineData("application/vnd.dev.sigstore.bundle+json;version=0.1")]
    [InlineData("application/vnd.dev.sigstore.bundle+json;version=0.2")]
    [InlineData("application/vnd.dev.sigstore.bundle+json;version=0.3")]
    [InlineData("application/vnd.dev.sigstore.bundle.v0.3+json")]
    [InlineData("application/vnd.dev.sigstore.bundle.v9.9+json")]
    [InlineData(null)]
    public void The_media_type_decides_nothing(string? mediaType)
    {
        JsonObject bundle = DsseBundle(Statement(Subject("a.txt", "sha256", A)));
        bundle["mediaType"] = mediaType;

        Observe(Format, bundle);
    }

    [Theory]
    [InlineData("""{"mediaType":"application/vnd.dev.sigstore.bundle.v9.9+json","content":{}}""", "either dsseEnvelope or messageSignature")]
    [InlineData("""{"dsseEnvelope":{"payload":"e30=","signatures":[]}}""", "without a signature")]
    [InlineData("""{"dsseEnvelope":{"signatures":[{}]}}""", "payload is missing")]
    [InlineData("""{"messageSignature":{"messageDigest":{"algorithm":"SHA2_256"}}}""", "signature must be stated once, in base64")]
    [InlineData("""{"messageSignature":{"signature":"%%%"}}""", "signature must be stated once, in base64")]
    [InlineData("""{"messageSignature":{"signature":"AQID","signature":"AQIE"}}""", "stated once")]
    [InlineData("""{"messageSignature":{"signature":"AQID"},"messageSignature":{"signature":"AQIE"}}""", "stated more than once")]
    [InlineData("""{"messageSignature":{"signature":"AQID"},"dsseEnvelope":{"payload":"e30=","signatures":[{}]}}""", "either")]
    [InlineData("""{"messageSignature":""", "line 1, column")]
    [InlineData("", "line 1, column")]
    public void What_is_no_bundle_is_rejected_with_the_reason(string body, string reason)
    {
        var rejected = Assert.IsType<NormalisedItem.Rejected>(Assert.Single(Normalise(Notify(Format, body))));

        Assert.Contains(reason, rejected.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_chain_of_any_length_is_read(int length)
    {
        using X509Certificate2 leaf = FulcioCertificate.ForEMail();
        X509Certificate2[] chain = [leaf, FulcioCertificate.Authority("intermediate"), FulcioCertificate.Authority("root")];
        JsonObject bundle = DsseBundle(Statement(Subject("a.txt", "sha256", A)), new JsonObject
        {
            ["x509CertificateChain"] = new JsonObject
            {
                ["certificates"] = new JsonArray([.. chain.Take(length).Select(c => new JsonObject { ["rawBytes"] = c.Base64() })]),
            },
        });

        Observation observation = Observe(Format, bundle);

        FieldReading fingerprint = observation.Reading(Field.CertificateFingerprint)!;
        Assert.Equal(length == 0 ? [] : [leaf.Fingerprint()], fingerprint.Values);
        Assert.Equal(length == 0, observation.Reading(Field.SignerIdentity) is null);
        IEnumerable<string> ancestors = (observation.Reading(Field.CertificateLineage)?.Values ?? [])
            .Where(v => v.StartsWith("chain-sha256:", StringComparison.Ordinal));
        Assert.Equal(chain.Skip(1).Take(length - 1).Select(c => "chain-sha256:" + c.Fingerprint()).Order(StringComparer.Ordinal), ancestors);
    }

    [Fact]
    public void Identities_come_from_every_kind_of_alternative_name()
    {
        using X509Certificate2 account = FulcioCertificate.ForAccount();
        using X509Certificate2 principal = FulcioCertificate.ForUserPrincipal("maya@acme.example");
        using X509Certificate2 both = FulcioCertificate.ForBoth();
        using X509Certificate2 none = FulcioCertificate.WithoutIdentity();

        Assert.Equal([FulcioCertificate.Account], Signed(account).Values(Field.SignerIdentity));
        Assert.Equal(["maya@acme.example"], Signed(principal).Values(Field.SignerIdentity));
        Assert.Equal([FulcioCertificate.Workflow, FulcioCertificate.EMail], Signed(both).Values(Field.SignerIdentity));
        Assert.Equal("/subjectAltNames", Signed(both).Reading(Field.SignerIdentity)!.Place.Pointer);
        Assert.Null(Signed(none).Reading(Field.SignerIdentity));
        Assert.Equal(["issuer-dn:CN=acme-intermediate, O=acme.example"], Signed(none).Values(Field.CertificateLineage));
        Assert.Equal([none.Fingerprint()], Signed(none).Values(Field.CertificateFingerprint));

        static Observation Signed(X509Certificate2 certificate) => Observe(Format, DsseBundle(
            Statement(Subject("a.txt", "sha256", A)),
            new JsonObject { ["certificate"] = new JsonObject { ["rawBytes"] = certificate.Base64() } }));
    }

    [Fact]
    public void A_certificate_that_cannot_be_read_is_unreadable_and_the_entry_stays()
    {
        Observation observation = Observe(Format, DsseBundle(
            Statement(Subject("a.txt", "sha256", A)),
            new JsonObject { ["certificate"] = new JsonObject { ["rawBytes"] = "AQID" } }));

        FieldReading reading = observation.Reading(Field.CertificateFingerprint)!;
        Assert.Empty(reading.Values);
        Assert.Equal("AQID", reading.Raw);
        Assert.StartsWith("not an X.509 certificate", reading.Unreadable, StringComparison.Ordinal);
        Assert.Null(observation.Reading(Field.SignerIdentity));
    }

    [Fact]
    public void A_chain_certificate_that_cannot_be_read_makes_the_lineage_unreadable()
    {
        using X509Certificate2 leaf = FulcioCertificate.ForEMail();
        Observation observation = Observe(Format, DsseBundle(Statement(Subject("a.txt", "sha256", A)), new JsonObject
        {
            ["x509CertificateChain"] = new JsonObject
            {
                ["certificates"] = new JsonArray(new JsonObject { ["rawBytes"] = leaf.Base64() }, new JsonObject { ["rawBytes"] = "AQID" }),
            },
        }));

        Assert.NotNull(observation.Reading(Field.CertificateLineage)!.Unreadable);
        Assert.Equal([leaf.Fingerprint()], observation.Values(Field.CertificateFingerprint));
    }

    [Fact]
    public void Key_ids_come_from_the_hint_else_the_signatures_else_the_key_itself()
    {
        using X509Certificate2 certificate = FulcioCertificate.ForEMail();
        JsonObject bundle = DsseBundle(
            Statement(Subject("a.txt", "sha256", A)),
            new JsonObject { ["certificate"] = new JsonObject { ["rawBytes"] = certificate.Base64() } });
        Assert.Equal([certificate.KeyId()], Observe(Format, bundle).Values(Field.SignerKeyId));

        bundle["dsseEnvelope"]!["signatures"] = JsonNode.Parse("""[{"sig":"AQ==","keyid":"key-2"},{"sig":"Ag==","keyid":"key-1"}]""");
        Assert.Equal(["key-1", "key-2"], Observe(Format, bundle).Values(Field.SignerKeyId));

        bundle["verificationMaterial"]!["publicKey"] = new JsonObject { ["hint"] = "kms-prod-sign-09" };
        Assert.Equal(["kms-prod-sign-09"], Observe(Format, bundle).Values(Field.SignerKeyId));
    }
}
