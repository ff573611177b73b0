using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerData;
using static ReleaseIntegrity.Tests.Normalisation.Ledger.LedgerTest;

namespace ReleaseIntegrity.Tests.Normalisation.Ledger;

/// <summary><c>cosign-simplesigning</c>, <c>oci-referrers</c> and <c>notation</c>: signatures as registries and their tools keep them.</summary>
public sealed class SignatureManifestTests
{
    private const string Image = "registry.example/shop/cart";
    private static readonly string Payload = $$$"""{"critical":{"identity":{"docker-reference":"{{{Image}}}"},"image":{"docker-manifest-digest":"sha256:{{{A}}}"},"type":"cosign container image signature"},"optional":null}""";

    private static JsonObject RekorBundle(string hashed) =>
        new() { ["SignedEntryTimestamp"] = "MEUC", ["Payload"] = RekorEntry(HashedRekord(hashed)) };

    private static JsonObject Downloaded(string hashed, X509Certificate2? certificate = null) => new()
    {
        ["Base64Signature"] = "AQID",
        ["Payload"] = Base64(Payload),
        ["Cert"] = certificate is null ? null : new JsonObject { ["Raw"] = certificate.Base64() },
        ["Chain"] = null,
        ["Bundle"] = RekorBundle(hashed),
    };

    private static JsonObject Manifest(JsonObject layer, string? subject = null, string artifactType = "application/vnd.dev.sigstore.bundle.v0.3+json")
    {
        var manifest = new JsonObject { ["schemaVersion"] = 2, ["artifactType"] = artifactType, ["layers"] = new JsonArray(layer) };
        if (subject is not null)
        {
            manifest["subject"] = new JsonObject { ["mediaType"] = "application/vnd.oci.image.index.v1+json", ["digest"] = subject };
        }

        return manifest;
    }

    private static JsonObject SignatureLayer(string? data = null, string? hashed = null) => new()
    {
        ["mediaType"] = "application/vnd.dev.cosign.simplesigning.v1+json",
        ["digest"] = "sha256:" + Sha256(Payload),
        ["data"] = data,
        ["annotations"] = new JsonObject
        {
            ["dev.cosignproject.cosign/signature"] = "AQID",
            ["dev.sigstore.cosign/bundle"] = hashed is null ? null : RekorBundle(hashed).ToJsonString(),
        },
    };

    [Fact]
    public void A_signature_with_its_payload_links_the_log_entry_to_the_image_golden()
    {
        using X509Certificate2 certificate = FulcioCertificate.ForEMail();
        JsonObject downloaded = Downloaded(Sha256(Payload), certificate);
        string leaf = LeafOf(downloaded["Bundle"]!["Payload"]!.AsObject());

        Assert.Equal(
            $"""
            record signature-ledger {LogId} ledger-entry {LogId}/{leaf}
            revision 41 2026-03-22T10:00:00Z
            signed 2026-03-22T10:00:00Z, predicate -, pointer ''
            message signature-sha256:{Sha256([1, 2, 3])}/{leaf}
            subject {Image} sha256:{A} at /Payload(base64-json)/critical/image/docker-manifest-digest
            signature-envelope-id [rekor:{leaf}, signature-sha256:{Sha256([1, 2, 3])}] at 
            signer-identity [{FulcioCertificate.EMail}] at /Cert/Raw(certificate)/subjectAltNames/0
            signer-key-id [{certificate.KeyId()}] at /Cert/Raw(certificate)/spkiSha256
            certificate-fingerprint [{certificate.Fingerprint()}] at /Cert/Raw(certificate)/sha256
            certificate-lineage [issuer-dn:CN=acme-intermediate, O=acme.example, oidc-issuer:{FulcioCertificate.Issuer}] at /Cert/Raw(certificate)
            ledger-write-time [2026-03-22T10:00:00Z] at /Bundle/Payload/integratedTime
            """,
            Describe(Observe("cosign-simplesigning", downloaded)));
    }

    [Fact]
    public void An_entry_about_another_payload_links_to_no_image()
    {
        Reject("cosign-simplesigning", Downloaded(B), "not about the signed payload");
        Reject("oci-referrers", Manifest(SignatureLayer(hashed: B), "sha256:" + A), "not about the signed payload");
    }

    [Fact]
    public void A_payload_alone_is_no_signature_and_ties_what_signs_its_hash_to_the_image()
    {
        string tagged = Payload.Replace(Image, Image + ":4.2.1", StringComparison.Ordinal);
        IReadOnlyList<NormalisedItem> items = Normalise(Notify("cosign-simplesigning", tagged));

        Observation record = Assert.IsType<NormalisedItem.Observed>(items[0]).Observation;
        Assert.Equal(new SourceRecord(Source.SignatureLedger, "unlogged", RecordKind.SignedPayload, "sha256:" + Sha256(tagged)), record.Record);
        Assert.Equal((Image, "sha256:" + A), (record.Subjects[0].Image!.ToString(), record.Subjects[0].Digest!.Value.Text));
        Assert.Equal(["sha256:" + Sha256(tagged)], record.Children.Select(c => c.Text));
        Assert.Empty(record.Fields);
        Assert.Equal("sha256:" + Sha256(tagged), Assert.IsType<NormalisedItem.Hint>(items[1]).Target);
        Assert.Equal(2, items.Count);
    }

    [Fact]
    public void A_payload_is_known_by_its_bytes_in_a_file_with_and_without_the_last_line_break()
    {
        static string[] Hashes(string format, string body) =>
            [.. Normalise(Notify(format, body)).OfType<NormalisedItem.Observed>().SelectMany(i => i.Observation.Children).Select(c => c.Text)];
        string early = Payload.Replace("critical", "Critical", StringComparison.Ordinal).Replace("\"image\"", "\"Image\"", StringComparison.Ordinal)
            .Replace("docker-manifest", "Docker-manifest", StringComparison.Ordinal);

        Assert.Equal(["sha256:" + Sha256(Payload + "\n"), "sha256:" + Sha256(Payload)], Hashes("cosign-simplesigning", Payload + "\n"));
        Assert.Equal(["sha256:" + Sha256(Payload), "sha256:" + Sha256(early)], Hashes("cosign-simplesigning", $"{Payload}\n{early}\n"));
        Assert.Equal(["sha256:" + Sha256(Payload)], Hashes("oci-layout", Payload));
    }

    [Fact]
    public void A_payload_that_names_no_repository_or_has_a_bundle_put_in_binds_nobody()
    {
        JsonObject verified = JsonNode.Parse(Payload)!.AsObject();
        verified["optional"] = new JsonObject { ["Bundle"] = RekorBundle(B) };

        Assert.IsType<NormalisedItem.Hint>(Assert.Single(Normalise(Notify("cosign-simplesigning", Payload.Replace(Image, "", StringComparison.Ordinal)))));
        Assert.IsType<NormalisedItem.Hint>(Assert.Single(Normalise("cosign-simplesigning", verified)));
        Reject("cosign-simplesigning", JsonNode.Parse(Payload.Replace(A, "abc", StringComparison.Ordinal))!, "not an OCI digest");
        Reject("cosign-simplesigning", JsonNode.Parse(Payload.Replace(Image, $"{Image}@sha256:{B}", StringComparison.Ordinal))!, "another digest");
        Assert.IsType<NormalisedItem.Rejected>(Assert.Single(Normalise(Notify(
            "cosign-simplesigning", Payload.Replace("\"docker-manifest-digest\"", $"\"docker-manifest-digest\":\"sha256:{B}\",\"docker-manifest-digest\"", StringComparison.Ordinal)))));
    }

    [Fact]
    public void A_signature_that_carries_its_payload_says_its_hash_and_one_that_only_refers_to_it_does_not()
    {
        Assert.Equal(["sha256:" + Sha256(Payload)], Observe("cosign-simplesigning", Downloaded(Sha256(Payload))).Children.Select(c => c.Text));
        Assert.Empty(Observe("oci-referrers", Manifest(SignatureLayer(), "sha256:" + A)).Children);
    }

    [Fact]
    public void What_cosign_verify_prints_names_the_signer_and_the_entry_that_is_provably_the_payloads()
    {
        JsonObject verified = JsonNode.Parse(Payload)!.AsObject();
        verified["optional"] = new JsonObject { ["Bundle"] = RekorBundle(Sha256(Payload)), ["Issuer"] = FulcioCertificate.Issuer, ["Subject"] = FulcioCertificate.EMail };
        JsonObject unproven = verified.DeepClone().AsObject();
        unproven["optional"]!["Bundle"] = RekorBundle(B);

        Observation observation = Observe("cosign-simplesigning", new JsonArray(verified.DeepClone()));
        Observation without = Observe("cosign-simplesigning", new JsonArray(unproven));

        Assert.Equal([FulcioCertificate.EMail], observation.Values(Field.SignerIdentity));
        Assert.Equal(["oidc-issuer:" + FulcioCertificate.Issuer], observation.Values(Field.CertificateLineage));
        Assert.StartsWith("rekor:", Assert.Single(observation.Values(Field.SignatureEnvelopeId)), StringComparison.Ordinal);
        Assert.Equal("41", observation.Revision.Counter);
        Assert.Null(without.Reading(Field.SignatureEnvelopeId));
        Assert.Null(without.Revision.Counter);
    }

    [Fact]
    public void The_annotation_of_an_entry_alone_is_the_entry_about_the_payloads_hash()
    {
        Observation observation = Observe("cosign-simplesigning", RekorBundle(B));

        Assert.Equal("sha256:" + B, Assert.Single(observation.Subjects).Digest!.Value.Text);
        Assert.Null(observation.Subjects[0].Image);
        var older = new JsonObject { ["base64Signature"] = "AQID", ["cert"] = "", ["rekorBundle"] = RekorBundle(B) };
        Assert.Equal(observation.Record, Observe("cosign-simplesigning", older).Record);
    }

    [Fact]
    public void A_bundles_manifest_says_what_it_is_about_and_of_which_predicate_golden()
    {
        JsonObject manifest = Manifest(
            new JsonObject { ["mediaType"] = "application/vnd.dev.sigstore.bundle.v0.3+json", ["digest"] = "sha256:" + B, ["size"] = 7 }, "sha256:" + A);
        manifest["annotations"] = new JsonObject
        {
            ["dev.sigstore.bundle.predicateType"] = Provenance,
            ["org.opencontainers.image.created"] = "2026-03-22T10:00:00.406Z",
        };
        string id = "manifest:sha256:" + Sha256(manifest.ToJsonString());

        Observation observation = Observe("oci-referrers", manifest);

        Assert.Equal(
            $"""
            record signature-ledger unlogged ledger-entry {id}/sha256:{B}
            revision  -
            signed 2026-03-22T10:00:00.406Z, predicate {Provenance}, pointer '/layers/0'
            message {id}
            subject - sha256:{A} at /subject/digest
            signature-envelope-id [{id}] at (sha256)
            attestation-bundle [sha256:{B}] at /layers/0/digest
            """,
            Describe(observation));
        Assert.Equal(DigestKind.Index, observation.Subjects[0].DigestKind);
    }

    [Fact]
    public void A_cosign_manifest_is_about_its_subject_or_its_embedded_payload_and_else_a_hint()
    {
        string hash = Sha256(Payload);
        Observation subject = Observe("oci-referrers", Manifest(SignatureLayer(hashed: hash), "sha256:" + A));
        Observation embedded = Observe("oci-layout", Manifest(SignatureLayer(Base64(Payload), hash)));

        Assert.Equal(["sha256:" + A, "sha256:" + A], new[] { subject, embedded }.Select(o => Assert.Single(o.Subjects).Digest!.Value.Text));
        Assert.Equal(Image, embedded.Subjects[0].Image!.ToString());
        Assert.Equal(3, subject.Values(Field.SignatureEnvelopeId).Count);
        Assert.Equal("payload sha256:" + hash, Assert.IsType<NormalisedItem.Hint>(Assert.Single(Normalise("oci-referrers", Manifest(SignatureLayer())))).Target);
        Reject("oci-referrers", Manifest(SignatureLayer(Base64(Payload), hash), "sha256:" + B), "must agree");
        Reject("oci-referrers", Manifest(SignatureLayer(Base64(Payload + " "), hash)), "must agree");
        Reject("oci-referrers", Manifest(SignatureLayer(), "sha256:facefeed"), "subject's digest");
    }

    [Fact]
    public void Of_a_list_of_referrers_signatures_are_hints_and_the_rest_is_irrelevant()
    {
        var index = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["manifests"] = new JsonArray(
                new JsonObject { ["digest"] = "sha256:" + A, ["artifactType"] = "application/vnd.cncf.notary.signature" },
                new JsonObject { ["digest"] = "sha256:" + B, ["artifactType"] = "application/spdx+json" },
                new JsonObject { ["digest"] = "sha256:facefeed", ["artifactType"] = "application/vnd.cncf.notary.signature" }),
        };

        IReadOnlyList<NormalisedItem> items = Normalise("oci-referrers", index);

        Assert.Equal("sha256:" + A, Assert.IsType<NormalisedItem.Hint>(items[0]).Target);
        Assert.IsType<NormalisedItem.Irrelevant>(items[1]);
        Assert.IsType<NormalisedItem.Rejected>(items[2]);
        index["manifests"] = new JsonArray();
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise("oci-referrers", index)));
    }

    [Fact]
    public void A_notation_manifest_names_subject_and_thumbprints_golden()
    {
        JsonObject manifest = Manifest(new JsonObject { ["mediaType"] = "application/jose+json", ["digest"] = "sha256:" + B }, "sha256:" + A, "application/vnd.cncf.notary.signature");
        manifest["annotations"] = new JsonObject { ["io.cncf.notary.x509chain.thumbprint#S256"] = $"[\"{new string('C', 64)}\",\"{new string('D', 64)}\"]" };
        string id = "manifest:sha256:" + Sha256(manifest.ToJsonString());
        const string Thumbprints = "/annotations/io.cncf.notary.x509chain.thumbprint#S256";

        foreach (string format in new[] { "notation", "oci-referrers" })
        {
            Assert.Equal(
                $"""
                record signature-ledger unlogged ledger-entry {id}
                revision  -
                signed -, predicate -, pointer ''
                message {id}
                subject - sha256:{A} at /subject/digest
                signature-envelope-id [{id}] at (sha256)
                certificate-fingerprint [{new string('c', 64)}] at {Thumbprints}(json)/0
                certificate-lineage [chain-sha256:{new string('d', 64)}] at {Thumbprints}
                """,
                Describe(Observe(format, manifest)));
        }

        manifest["annotations"]!["io.cncf.notary.x509chain.thumbprint#S256"] = "[\"12\"]";
        Assert.NotNull(Observe("notation", manifest).Reading(Field.CertificateFingerprint)!.Unreadable);
        manifest.Remove("subject");
        Reject("notation", manifest, "one subject");
    }

    [Fact]
    public void A_notation_envelope_names_artifact_certificate_and_time()
    {
        using X509Certificate2 certificate = FulcioCertificate.WithoutIdentity();
        JsonObject Envelope(string time, string digest) => new()
        {
            ["payload"] = Base64Url($$$"""{"targetArtifact":{"mediaType":"m","digest":"{{{digest}}}","size":7}}"""),
            ["protected"] = Base64Url($$"""{"alg":"PS384","io.cncf.notary.signingScheme":"notary.x509","{{time}}":"2026-03-22T10:00:00Z"}"""),
            ["header"] = new JsonObject { ["x5c"] = new JsonArray(certificate.Base64()) },
            ["signature"] = "AQID",
        };

        Observation claimed = Observe("notation", Envelope("io.cncf.notary.signingTime", "sha256:" + A));
        Observation authentic = Observe("notation", Envelope("io.cncf.notary.authenticSigningTime", "sha256:" + A));

        Assert.Equal("sha256:" + A, Assert.Single(claimed.Subjects).Digest!.Value.Text);
        Assert.Equal(["signature-sha256:" + Sha256([1, 2, 3])], claimed.Values(Field.SignatureEnvelopeId));
        Assert.Equal([certificate.Fingerprint()], claimed.Values(Field.CertificateFingerprint));
        Assert.Equal(new DateTimeOffset(2026, 3, 22, 10, 0, 0, TimeSpan.Zero), claimed.SigningTime);
        Assert.Null(claimed.Revision.Time);
        Assert.NotNull(authentic.Revision.Time);
        Reject("notation", Envelope("x", "sha256:1"), "targetArtifact.digest");
        Assert.IsType<NormalisedItem.Hint>(Assert.Single(Normalise(Make.Bytes([0xd2, 0x84, 0x43, 0xa1], Source.SignatureLedger, "notation"))));
        Assert.IsType<NormalisedItem.Hint>(Assert.Single(Normalise(Notify("notation", $$$"""{"targetArtifact":{"digest":"sha256:{{{A}}}"}}"""))));
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise(Notify("notation", """{"io.cncf.notary.signingScheme":"notary.x509"}"""))));
    }

    [Fact]
    public void No_mutation_breaks_any_of_them()
    {
        foreach ((string format, JsonNode body) in new (string, JsonNode)[]
        {
            ("cosign-simplesigning", Downloaded(Sha256(Payload))),
            ("cosign-simplesigning", JsonNode.Parse(Payload)!),
            ("oci-referrers", Manifest(SignatureLayer(Base64(Payload), Sha256(Payload)))),
            ("oci-referrers", Manifest(SignatureLayer(hashed: Sha256(Payload)), "sha256:" + A)),
            ("notation", Manifest([], "sha256:" + A, "application/vnd.cncf.notary.signature")),
        })
        {
            Check.Totality(Normalizer(format), Notify(format, body.ToJsonString()), 150);
        }
    }

    private static string Base64Url(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');


    [Fact]
    public void What_notation_inspect_prints_makes_the_records_of_the_manifests()
    {
        JsonObject Signature(string digest, string target) => new()
        {
            ["mediaType"] = "application/jose+json", ["digest"] = digest, ["signatureAlgorithm"] = "RSASSA-PSS-SHA-256",
            ["signedAttributes"] = new JsonObject { ["signingTime"] = "2026-03-22T10:00:00Z" },
            ["certificates"] = new JsonArray(new JsonObject { ["SHA256Fingerprint"] = new string('C', 64) }, new JsonObject { ["SHA256Fingerprint"] = new string('d', 64) }),
            ["signedArtifact"] = new JsonObject { ["mediaType"] = "application/vnd.oci.image.index.v1+json", ["digest"] = target },
        };
        JsonObject printed = new()
        {
            ["mediaType"] = "application/vnd.oci.image.index.v1+json",
            ["signatures"] = new JsonArray(Signature("sha256:" + B, "sha256:" + A), Signature("sha256:12", "sha256:" + A), Signature("sha256:" + B, "sha256:12")),
        };

        IReadOnlyList<NormalisedItem> items = Normalise("notation", printed);

        Assert.Equal(
            $"""
            record signature-ledger unlogged ledger-entry manifest:sha256:{B}
            revision  -
            signed 2026-03-22T10:00:00Z, predicate -, pointer '/signatures/0'
            message manifest:sha256:{B}
            subject - sha256:{A} at /signatures/0/signedArtifact/digest
            signature-envelope-id [manifest:sha256:{B}] at /signatures/0/digest
            certificate-fingerprint [{new string('c', 64)}] at /signatures/0/certificates/0/SHA256Fingerprint
            certificate-lineage [chain-sha256:{new string('d', 64)}] at /signatures/0/certificates
            """,
            Describe(Assert.IsType<NormalisedItem.Observed>(items[0]).Observation));
        Assert.Equal(["/signatures/1/digest", "/signatures/2/signedArtifact/digest"], items.Skip(1).Select(i => Assert.IsType<NormalisedItem.Rejected>(i).Pointer));
        Assert.IsType<NormalisedItem.Irrelevant>(Assert.Single(Normalise(Notify("notation", """{"mediaType":"x","signatures":[]}"""))));
        Check.Totality(Normalizer("notation"), Notify("notation", printed.ToJsonString()), rounds: 1000);
    }
}
