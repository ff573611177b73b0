using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerData;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerTest;

namespace ReleaseIntegrity.Tests.Normalisation.Ledger;

/// <summary><c>dsse</c>, <c>intoto-slsa</c> and <c>github-attestation</c>: the same attestations, wrapped differently.</summary>
public sealed class AttestationTests
{
    private const string Image = "registry.example/shop/cart";

    private static JsonObject Signed(string keyId = "kms-prod-sign-09", string? cert = null)
    {
        JsonObject dsse = Dsse(Statement(Subject($"{Image}:4.2.1", "sha256", A)));
        dsse["signatures"] = new JsonArray(new JsonObject { ["keyid"] = keyId, ["sig"] = "MEUC", ["cert"] = cert });
        return dsse;
    }

    [Theory]
    [InlineData("dsse")]
    [InlineData("intoto-slsa")]
    public void An_envelope_is_known_by_the_hash_of_its_bytes_golden(string format)
    {
        JsonObject dsse = Signed();
        string hash = Sha256(dsse.ToJsonString());

        Assert.Equal(
            $"""
            record signature-ledger unlogged ledger-entry dsse-sha256:{hash}
            revision  -
            signed -, predicate {Provenance}, pointer ''
            message dsse-sha256:{hash}
            subject {Image}:4.2.1 sha256:{A} at /payload(base64-json)/subject/0/digest/sha256
            signature-envelope-id [dsse-sha256:{hash}] at (sha256)
            signer-key-id [kms-prod-sign-09] at /signatures/0/keyid
            """,
            Describe(Observe(format, dsse)));
    }

    [Fact]
    public void A_certificate_beside_a_signature_names_the_signer_and_the_time_since_when_it_could_sign()
    {
        using X509Certificate2 certificate = FulcioCertificate.ForWorkflow();

        Observation observation = Observe("dsse", Signed("", certificate.ExportCertificatePem()));

        Assert.Equal([FulcioCertificate.Workflow], observation.Values(Field.SignerIdentity));
        Assert.Equal([certificate.Fingerprint()], observation.Values(Field.CertificateFingerprint));
        Assert.Equal(FulcioCertificate.NotBefore, observation.SigningTime);
        Assert.Null(observation.Revision.Time);
    }

    [Fact]
    public void Lines_are_items_of_their_own_with_places_of_their_own()
    {
        string body = $"{Signed().ToJsonString()}\n{DsseBundle(Statement(Subject(Image, "sha256", B))).ToJsonString()}\n";

        IReadOnlyList<NormalisedItem> items = Normalise(Notify("intoto-slsa", body, "ledger-1"));

        Assert.Equal(["sha256:" + A, "sha256:" + B], items.Cast<NormalisedItem.Observed>().Select(i => i.Observation.Subjects[0].Digest!.Value.Text));
        Assert.Equal(
            [new DecodeStep("", "json-lines"), new DecodeStep("/0/payload", "base64-json")],
            ((NormalisedItem.Observed)items[0]).Observation.Subjects[0].Place.Decode);
        Assert.All(items, i => Assert.Equal("ledger-1", ((NormalisedItem.Observed)i).Observation.Record.Instance));
    }

    [Theory]
    [InlineData("https://in-toto.io/Statement/v0.1", "https://slsa.dev/provenance/v0.1")]
    [InlineData("https://in-toto.io/Statement/v0.1", "https://slsa.dev/provenance/v1")]
    [InlineData("https://in-toto.io/Statement/v1", "https://slsa.dev/provenance/v0.2")]
    public void Any_provenance_stands_under_either_statement(string type, string predicateType)
    {
        JsonObject statement = Statement(Subject(null, "sha512", A + B));
        (statement["_type"], statement["predicateType"]) = (type, predicateType);

        Observation observation = Observe("intoto-slsa", Dsse(statement));

        Assert.Equal(predicateType, observation.PredicateType);
        Assert.Equal("sha512:" + A + B, Assert.Single(observation.Subjects).Digest!.Value.Text);
    }

    [Fact]
    public void Of_cloud_builds_provenance_only_the_signed_payload_counts()
    {
        JsonObject dsse = Dsse(Statement(Subject($"https://{Image}:4.2.1", "sha256", A)));
        dsse["payload"] = dsse["payload"]!.GetValue<string>().Replace('+', '-').Replace('/', '_');
        var body = new JsonObject
        {
            ["image_summary"] = new JsonObject { ["digest"] = "sha256:" + A, ["fully_qualified_digest"] = $"{Image}@sha256:{A}" },
            ["provenance_summary"] = new JsonObject
            {
                ["provenance"] = new JsonArray(
                    new JsonObject { ["build"] = new JsonObject { ["intotoStatement"] = Statement(Subject(Image, "sha256", B)) }, ["envelope"] = dsse, ["createTime"] = "2026-03-22T10:00:00Z" },
                    new JsonObject { ["build"] = new JsonObject { ["intotoStatement"] = Statement(Subject(Image, "sha256", B)) } }),
            },
        };

        IReadOnlyList<NormalisedItem> items = Normalise("intoto-slsa", body);

        Observation observation = Assert.IsType<NormalisedItem.Observed>(items[0]).Observation;
        Subject subject = Assert.Single(observation.Subjects);
        Assert.Equal(($"{Image}:4.2.1", "sha256:" + A), (subject.Image!.ToString(), subject.Digest!.Value.Text));
        Assert.Null(observation.Revision.Time);
        Assert.Equal($"{Image}@sha256:{A}", Assert.IsType<NormalisedItem.Hint>(items[1]).Target);
    }

    [Fact]
    public void A_statement_that_nobody_signed_is_a_hint_whatever_it_says()
    {
        var hint = Assert.IsType<NormalisedItem.Hint>(Assert.Single(Normalise("intoto-slsa", Statement(Subject($"{Image}:1", "sha256", A)))));
        Assert.Equal($"{Image}:1@sha256:{A}", hint.Target);
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise("intoto-slsa", Statement(Subject(null, "gitCommit", "d20ace7968ba43c0219f62d71334c1095bab1602")))));
        Reject("intoto-slsa", Statement(Subject(Image, "sha256", "3A244fd4")), "not a sha256");
    }

    [Theory]
    [InlineData("""{"payload":"e30=","signatures":[]}""")]
    [InlineData("""{"signatures":[{"sig":"MEUC"}]}""")]
    [InlineData("""{"payload":"e30=","payload":"e30=","signatures":[{"sig":"MEUC"}]}""")]
    [InlineData("""{"payload":"%%","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"MEUC"}]}""")]
    [InlineData("""{"hello":"world"}""")]
    [InlineData("17")]
    public void What_identifies_nothing_is_rejected(string body)
    {
        Assert.IsType<NormalisedItem.Rejected>(Assert.Single(Normalise(Notify("dsse", body))));
        Assert.IsType<NormalisedItem.Rejected>(Assert.Single(Normalise(Notify("github-attestation", body))));
    }

    [Fact]
    public void Githubs_answers_hold_bundles_or_say_where_they_are_golden()
    {
        JsonObject bundle = DsseBundle(Statement(Subject(Image, "sha256", A)), Timestamps(FulcioCertificate.NotBefore).DeepClone() is JsonObject t
            ? new JsonObject { ["timestampVerificationData"] = t, ["publicKey"] = new JsonObject { ["hint"] = "key" } } : null);
        bundle["verificationMaterial"]!["tlogEntries"] = new JsonArray();
        var answer = new JsonObject
        {
            ["attestations"] = new JsonArray(
                new JsonObject { ["bundle"] = bundle.DeepClone(), ["repository_id"] = 7 },
                new JsonObject { ["bundle"] = null, ["bundle_url"] = "https://store.example/attestations/7.json?sig=secret" }),
        };

        IReadOnlyList<NormalisedItem> items = Normalise("github-attestation", answer);

        string inner = Sha256(bundle["dsseEnvelope"]!.ToJsonString());
        Assert.Equal(
            $"""
            record signature-ledger unlogged ledger-entry dsse-sha256:{inner}
            revision  2026-03-22T09:58:30Z
            signed 2026-03-22T09:58:30Z, predicate {Provenance}, pointer '/attestations/0/bundle'
            message dsse-sha256:{inner}
            subject {Image} sha256:{A} at /attestations/0/bundle/dsseEnvelope/payload(base64-json)/subject/0/digest/sha256
            signature-envelope-id [dsse-sha256:{inner}] at /attestations/0/bundle/dsseEnvelope(sha256)
            signer-key-id [key] at /attestations/0/bundle/verificationMaterial/publicKey/hint
            attestation-bundle [sha256:{Sha256(bundle.ToJsonString())}] at /attestations/0/bundle(sha256)
            """,
            Describe(Assert.IsType<NormalisedItem.Observed>(items[0]).Observation));
        Assert.Equal("https://store.example/attestations/7.json", Assert.IsType<NormalisedItem.Hint>(items[1]).Target);
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise("github-attestation", new JsonObject { ["attestations"] = new JsonArray() })));
    }

    [Fact]
    public void Githubs_other_forms_hold_the_same_bundles()
    {
        JsonObject bundle = DsseBundle(Statement(Subject(Image, "sha256", A)));
        JsonNode[] forms =
        [
            bundle,
            new JsonArray(new JsonObject { ["attestation"] = new JsonObject { ["bundle"] = bundle.DeepClone() }, ["verificationResult"] = new JsonObject() }),
            new JsonObject { ["attestations_subject_digests"] = new JsonObject { ["sha256:" + A] = new JsonArray(new JsonObject { ["bundle"] = bundle.DeepClone() }) } },
        ];

        Assert.Single(forms.Select(f => Observe("github-attestation", f).Record).Distinct());
    }

    [Fact]
    public void Npms_answer_is_read_and_older_metadata_is_irrelevant()
    {
        var answer = new JsonObject
        {
            ["attestations"] = new JsonArray(new JsonObject { ["predicateType"] = Provenance, ["bundle"] = DsseBundle(Statement(Subject(Image, "sha256", A))) }),
        };

        Assert.Equal("/attestations/0/bundle", Observe("intoto-slsa", answer).RecordPointer);
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise(Notify("intoto-slsa", """{"signed":{"_type":"link"},"signatures":[]}"""))));
    }

    [Fact]
    public void A_certificate_alone_is_a_hint_to_look_for_its_entries()
    {
        using X509Certificate2 certificate = FulcioCertificate.ForWorkflow();
        using X509Certificate2 authority = FulcioCertificate.Authority("acme-root");
        string pem = certificate.ExportCertificatePem() + "\n" + authority.ExportCertificatePem();
        var response = new JsonObject { ["signedCertificateEmbeddedSct"] = new JsonObject { ["chain"] = new JsonObject { ["certificates"] = new JsonArray(certificate.ExportCertificatePem()) } } };

        foreach (Notification notification in (Notification[])
            [Notify("fulcio", pem), Notify("fulcio", response.ToJsonString()), Make.Bytes(certificate.RawData, Source.SignatureLedger, "fulcio")])
        {
            Assert.Equal("certificate-sha256:" + certificate.Fingerprint(), Check.Single<NormalisedItem.Hint>(Normalizer("fulcio"), notification).Target);
        }

        Assert.IsType<NormalisedItem.Rejected>(Assert.Single(Normalise(Notify("fulcio", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"))));
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise(Notify("fulcio", """{"chains":[]}"""))));
    }

    [Theory]
    [InlineData("dsse")]
    [InlineData("intoto-slsa")]
    [InlineData("github-attestation")]
    public void No_mutation_breaks_it(string format)
    {
        using X509Certificate2 certificate = FulcioCertificate.ForWorkflow();
        Check.Totality(Normalizer(format), Notify(format, Signed("", certificate.ExportCertificatePem()).ToJsonString()), 150);
        Check.Totality(Normalizer(format), Notify(format, new JsonArray(DsseBundle(Statement(Subject(Image, "sha256", A)))).ToJsonString()), 150);
    }


    [Theory]
    [InlineData("link")]
    [InlineData("layout")]
    public void Links_and_layouts_of_the_older_format_are_irrelevant_bare_and_in_envelopes(string type)
    {
        JsonObject older = new() { ["_type"] = type, ["name"] = "build", ["products"] = new JsonObject() };

        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise("intoto-slsa", older.DeepClone())));
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise("dsse", Dsse(older))));
    }
}
