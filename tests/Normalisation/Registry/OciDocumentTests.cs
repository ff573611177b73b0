using System.Security.Cryptography;
using System.Text;
using ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Registry;

public sealed class OciDocumentTests
{
    private const string Address = "https://registry.acme.test/v2/shop/cart/manifests/4.2.1";

    private static readonly OciDistributionNormalizer Registry = new();

    private static readonly OciLayoutNormalizer Layout = new();

    private static readonly string Index = $$"""
        {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [
          {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "{{Make.Digest('a')}}", "size": 1, "platform": {"os": "linux", "architecture": "arm64"} },
          {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "{{Make.Digest('b')}}", "size": 1, "platform": {"os": "linux", "architecture": "amd64"} },
          {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "{{Make.Digest('c')}}", "size": 1, "platform": {"os": "unknown", "architecture": "unknown"},
           "annotations": {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": "{{Make.Digest('b')}}"} }]}
        """;

    private static readonly string Manifest = $$"""
        {"schemaVersion": 2, "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": "{{Make.Digest('d')}}", "size": 1},
         "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "{{Make.Digest('e')}}", "size": 1}]}
        """;

    private static string Sha256(string body) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));

    private static Notification Of(string body, string? address = Address, params (string Name, string Value)[] headers)
    {
        Dictionary<string, string> all = headers.ToDictionary(h => h.Name, h => h.Value);
        if (address is not null)
        {
            all["content-location"] = address;
        }

        return Make.Json(body, format: "oci-distribution", headers: all);
    }

    [Fact]
    public void An_index_is_what_its_bytes_hash_to_and_proves_its_children()
    {
        IReadOnlyList<NormalisedItem> items = Check.Items(Registry, Of(Index, headers: ("date", "Sun, 22 Mar 2026 09:00:00 GMT")));
        Observation observation = Assert.IsType<NormalisedItem.Observed>(items[0]).Observation;

        Assert.Equal(new SourceRecord(Source.ArtifactRegistry, "registry.acme.test", RecordKind.RegistryTag, "registry.acme.test/shop/cart:4.2.1"), observation.Record);
        Assert.Equal((Sha256(Index), DigestKind.Index), (observation.Subjects[0].Digest!.Value.Text, observation.Subjects[0].DigestKind));
        Assert.Equal([Make.Digest('a'), Make.Digest('b')], observation.Children.Select(c => c.Text));
        Assert.Equal(new Revision(null, new DateTimeOffset(2026, 3, 22, 9, 0, 0, TimeSpan.Zero)), observation.Revision);
        Assert.DoesNotContain(observation.Fields, f => f.Field == Field.PromotionTime);
        Assert.Equal(["sha256"], observation.Reading(Field.ManifestDigest).Place.Decode.Select(d => d.As));
        Assert.Equal(2, items.Count);
        Assert.IsType<NormalisedItem.Irrelevant>(items[1]);
    }

    [Fact]
    public void A_manifest_lists_no_children_and_need_not_say_its_media_type()
    {
        Observation observation = Check.Single(Registry, Of(Manifest));

        Assert.Equal((Sha256(Manifest), DigestKind.Manifest), (observation.Subjects[0].Digest!.Value.Text, observation.Subjects[0].DigestKind));
        Assert.Empty(observation.Children);
    }

    [Fact]
    public void A_manifest_asked_for_by_digest_has_no_tag()
    {
        string address = Address.Replace("4.2.1", Sha256(Manifest), StringComparison.Ordinal);

        Assert.Equal($"registry.acme.test/shop/cart@{Sha256(Manifest)}", Check.Single(Registry, Of(Manifest, address)).Record.Id);
    }

    [Fact]
    public void Bytes_that_are_not_those_of_the_digest_are_rejected()
    {
        Check.Single<NormalisedItem.Rejected>(Registry, Of(Manifest, Address.Replace("4.2.1", Make.Digest('f'), StringComparison.Ordinal)));
        Check.Single<NormalisedItem.Rejected>(Registry, Of(Manifest, headers: ("docker-content-digest", Make.Digest('f'))));
        Check.Single<NormalisedItem.Rejected>(Registry, Of(Manifest, headers: ("docker-content-digest", "latest")));
    }

    [Fact]
    public void A_registry_that_names_manifests_by_sha512_is_followed()
    {
        string digest = "sha512:" + Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(Manifest)));
        Observation observation = Check.Single(Registry, Of(Manifest, headers: ("docker-content-digest", digest)));

        Assert.Equal(digest, observation.Reading(Field.ManifestDigest).Single);
        Assert.Equal(["header"], observation.Reading(Field.ManifestDigest).Place.Decode.Select(d => d.As));
    }

    [Fact]
    public void Without_an_address_the_digest_alone_is_the_record()
    {
        Observation observation = Assert.IsType<NormalisedItem.Observed>(Check.Items(Registry, Of(Index, address: null))[0]).Observation;

        Assert.Equal(new SourceRecord(Source.ArtifactRegistry, "oci", RecordKind.RegistryManifest, Sha256(Index)), observation.Record);
        Assert.Null(observation.Subjects[0].Image);
        Assert.Equal(2, observation.Children.Count);
    }

    [Fact]
    public void A_malformed_or_ambiguous_entry_is_rejected_by_itself()
    {
        string index = Index.Replace(Make.Digest('a'), "sha256:a1a1a1...", StringComparison.Ordinal)
            .Replace($"\"digest\": \"{Make.Digest('b')}\", \"size\"", $"\"digest\": \"{Make.Digest('b')}\", \"digest\": \"{Make.Digest('f')}\", \"size\"", StringComparison.Ordinal);
        IReadOnlyList<NormalisedItem> items = Check.Items(Registry, Of(index));

        Assert.Empty(Assert.IsType<NormalisedItem.Observed>(items[0]).Observation.Children);
        Assert.Equal(["/manifests/0/digest", "/manifests/1/digest"], items.OfType<NormalisedItem.Rejected>().Select(r => r.Pointer));
    }

    [Fact]
    public void A_head_has_its_content_in_its_headers()
    {
        Notification head = Of("", headers: [("docker-content-digest", Make.Digest('b')), ("content-type", "application/vnd.oci.image.index.v1+json")]);
        Observation observation = Check.Single(Registry, head);

        Assert.Equal("registry.acme.test/shop/cart:4.2.1", observation.Record.Id);
        Assert.Equal((Make.Digest('b'), DigestKind.Index), (observation.Reading(Field.TagToDigest).Single, observation.Subjects[0].DigestKind));
        Check.Single<NormalisedItem.Rejected>(Registry, Of("", address: null, headers: ("docker-content-digest", Make.Digest('b'))));
        Check.Single<NormalisedItem.Rejected>(Registry, Of("", headers: ("docker-content-digest", "sha256:b")));
        Check.Single<NormalisedItem.Rejected>(Registry, Of(""));
    }

    [Fact]
    public void A_list_of_tags_asks_for_each()
    {
        const string Tags = """{"name": "shop/cart", "tags": ["4.2.1", "4.2.2", 7]}""";
        IReadOnlyList<NormalisedItem> items = Check.Items(Registry, Of(Tags, "https://registry.acme.test/v2/shop/cart/tags/list?n=3"));

        Assert.Equal(["registry.acme.test/shop/cart:4.2.1", "registry.acme.test/shop/cart:4.2.2"], items.OfType<NormalisedItem.Hint>().Select(h => h.Target));
        Assert.IsType<NormalisedItem.Rejected>(items[2]);
        Check.Single<NormalisedItem.Irrelevant>(Registry, Of("""{"name": "shop/cart", "tags": null}"""));
    }

    [Fact]
    public void A_list_of_referrers_is_no_index_that_is_pulled_by()
    {
        string artifact = $$"""{"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "{{Make.Digest('a')}}", "artifactType": "application/vnd.example.sbom.v1"}""";

        Check.Single<NormalisedItem.Irrelevant>(Registry, Of(Index, $"https://registry.acme.test/v2/shop/cart/referrers/{Make.Digest('a')}?artifactType=x"));
        Check.Single<NormalisedItem.Irrelevant>(Registry, Of("""{"schemaVersion": 2, "manifests": []}""", address: null));
        Check.Single<NormalisedItem.Irrelevant>(Registry, Of($$"""{"schemaVersion": 2, "manifests": [{{artifact}}]}""", address: null));
        Check.Single<NormalisedItem.Rejected>(Registry, Of($$"""{"schemaVersion": 2, "manifests": [{{artifact.Replace("sha256:aa", "sha256:", StringComparison.Ordinal)}}]}""", address: null));
    }

    [Theory]
    [InlineData("""{"errors": [{"code": "TOOMANYREQUESTS"}]}""")]
    [InlineData("""{"errors": [{"code": "MANIFEST_UNKNOWN"}, {"code": "UNAUTHORIZED"}]}""")]
    [InlineData("""{"errors": []}""")]
    [InlineData("""{"schemaVersion": 1, "name": "shop/cart", "tag": "1", "fsLayers": []}""")]
    [InlineData("""{"schemaVersion": 2}""")]
    [InlineData("""{"schemaVersion": 2, "mediaType": "application/json", "manifests": []}""")]
    [InlineData("""{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "manifests": []}""")]
    [InlineData("""{"schemaVersion": 2, "manifests": [], "manifests": []}""")]
    [InlineData("""{"hello": "world"}""")]
    [InlineData("[]")]
    public void What_is_no_document_of_a_registry_is_rejected(string body) => Check.Single<NormalisedItem.Rejected>(Registry, Of(body));

    [Fact]
    public void A_tag_that_was_asked_for_and_is_gone_is_withdrawn_and_nothing_else_is()
    {
        const string gone = """{"errors": [{"code": "MANIFEST_UNKNOWN"}]}""";
        Assert.True(Check.Single<NormalisedItem.Observed>(Registry, Of(gone)).Observation.Withdrawn);
        Check.Single<NormalisedItem.Rejected>(Registry, Of(gone, address: null));
    }

    [Fact]
    public void A_layouts_entry_names_its_tag_by_a_whole_reference_only()
    {
        string index = $$"""
            {"schemaVersion": 2, "manifests": [
              {"mediaType": "application/vnd.oci.image.index.v1+json", "digest": "{{Make.Digest('a')}}", "size": 1,
               "annotations": {"io.containerd.image.name": "registry.acme.test/shop/cart:4.2.1", "org.opencontainers.image.ref.name": "4.2.1"} },
              {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "{{Make.Digest('b')}}", "size": 1, "annotations": {"org.opencontainers.image.ref.name": "4.2.2"} }]}
            """;
        Notification notification = Make.Json(index, format: "oci-layout");
        Observation[] observations = [.. Check.Items(Layout, notification).Cast<NormalisedItem.Observed>().Select(o => o.Observation)];

        Assert.Equal([Sha256(index), "registry.acme.test/shop/cart:4.2.1"], observations.Select(o => o.Record.Id));
        Assert.Equal((Make.Digest('a'), DigestKind.Index), (observations[1].Reading(Field.TagToDigest).Single, observations[1].Subjects[0].DigestKind));
        Check.Totality(Layout, notification);
    }

    [Theory]
    [InlineData("""{"imageLayoutVersion": "1.0.0"}""")]
    [InlineData("""{"critical": {"image": {"docker-manifest-digest": "sha256:x"}}}""")]
    [InlineData("""{"payloadType": "application/vnd.in-toto+json", "payload": "e30="}""")]
    [InlineData("""{"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers"}}""")]
    [InlineData("""{"_type": "https://in-toto.io/Statement/v0.1", "predicateType": "https://slsa.dev/provenance/v0.2", "subject": []}""")]
    public void Other_files_of_a_layout_are_irrelevant(string body) =>
        Check.Single<NormalisedItem.Irrelevant>(Layout, Make.Json(body, format: "oci-layout"));

    [Fact]
    public void No_mutation_breaks_them()
    {
        Check.Totality(Registry, Of(Index));
        Check.Totality(Registry, Of(Manifest, address: null));
    }
}
