using ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Registry;

public sealed class ArtifactEventsTests
{
    private static readonly ArtifactEventsNormalizer Normalizer = new();

    private static readonly string Published = Event("artifact.published", "pkg:oci/cart@HEX?repository_url=registry.acme.test/shop/cart&tag=4.2.1");

    private static string Event(string kind, string id) => $$$"""
        {"context": {"version": "0.4.1", "id": "e-1", "source": "https://ci.acme.test/main", "type": "dev.cdevents.{{{kind}}}.0.2.0", "timestamp": "2026-03-22T10:00:00.5+01:00"},
         "subject": {"id": "{{{id.Replace("HEX", "sha256%3A" + new string('b', 64), StringComparison.Ordinal)}}}", "type": "artifact", "content": {} } }
        """;

    private static Notification Of(string body, string? instance = null) => Make.Json(body, format: "cdevents", instance: instance);

    [Fact]
    public void A_publication_is_a_tag_whose_digest_is_percent_encoded()
    {
        Observation observation = Check.Single(Normalizer, Of(Published));

        Assert.Equal(new SourceRecord(Source.ArtifactRegistry, "registry.acme.test", RecordKind.RegistryTag, "registry.acme.test/shop/cart:4.2.1"), observation.Record);
        Assert.Equal(new Revision(null, new DateTimeOffset(2026, 3, 22, 9, 0, 0, 500, TimeSpan.Zero)), observation.Revision);
        Assert.Equal("https://ci.acme.test/main e-1", observation.MessageId);
        Assert.Equal(
            $"""
            manifest-digest={Make.Digest('b')} /subject/id
            tag-to-digest={Make.Digest('b')} /subject/id
            repository=registry.acme.test/shop/cart /subject/id
            promotion-time=2026-03-22T09:00:00.5Z /context/timestamp
            active-tags=4.2.1 /subject/id
            """.ReplaceLineEndings("\n"), observation.Lines());
    }

    [Fact]
    public void An_event_may_come_bare_structured_in_a_batch_or_as_text()
    {
        string structured = $$$"""{"specversion": "1.0", "id": "x", "source": "/bus", "type": "dev.cdevents.artifact.published.0.2.0", "data": {{{Published}}} }""";
        string asText = $$$"""{"specversion": "1.0", "id": "x", "source": "/bus", "type": "t", "data": {{{System.Text.Json.JsonSerializer.Serialize(Published)}}} }""";

        Assert.Equal("/data/subject/id", Check.Single(Normalizer, Of(structured)).Reading(Field.ManifestDigest).Place.Pointer);
        Assert.Equal("/data", Check.Single(Normalizer, Of(asText)).Reading(Field.ManifestDigest).Place.Decode[0].Pointer);
        Assert.Equal(3, Check.Items(Normalizer, Of($"[{structured},{asText},{Published}]")).OfType<NormalisedItem.Observed>().Count());
    }

    [Fact]
    public void A_deletion_withdraws_the_manifest_and_never_more()
    {
        Observation gone = Check.Single(Normalizer, Of(Event("artifact.deleted", "pkg:oci/cart@HEX?repository_url=registry.acme.test/shop/cart&tag=4.2.1")));
        Assert.Equal((RecordKind.RegistryManifest, true), (gone.Record.Kind, gone.Withdrawn));

        foreach (string id in new[] { "pkg:oci/cart?repository_url=registry.acme.test/shop/cart", "pkg:oci/cart?repository_url=registry.acme.test/shop/cart&tag=1", "pkg:oci/cart@HEX" })
        {
            Check.Single<NormalisedItem.Hint>(Normalizer, Of(Event("artifact.deleted", id)));
        }
    }

    [Fact]
    public void A_digest_without_a_repository_is_a_manifest_of_no_place()
    {
        Observation observation = Check.Single(Normalizer, Of(Event("artifact.published", "pkg:oci/cart@HEX")));

        Assert.Equal(new SourceRecord(Source.ArtifactRegistry, "ci.acme.test", RecordKind.RegistryManifest, Make.Digest('b')), observation.Record);
        Assert.Null(observation.Subjects[0].Image);
    }

    [Theory]
    [InlineData("pkg:docker/acme/cart@4.2.1?repository_url=registry.acme.test", "registry.acme.test/acme/cart:4.2.1")]
    [InlineData("pkg:docker/acme/cart@4.2.1", "docker.io/acme/cart:4.2.1")]
    [InlineData("registry.acme.test/shop/cart:4.2.1", "registry.acme.test/shop/cart:4.2.1")]
    public void A_tag_without_a_digest_is_a_hint(string id, string target) =>
        Assert.Equal(target, Check.Single<NormalisedItem.Hint>(Normalizer, Of(Event("artifact.published", id))).Target);

    [Theory]
    [InlineData("artifact.packaged", "pkg:oci/cart@HEX")]
    [InlineData("artifact.signed", "pkg:oci/cart@HEX")]
    [InlineData("artifact.downloaded", "pkg:oci/cart@HEX")]
    [InlineData("service.deployed", "pkg:oci/cart@HEX")]
    [InlineData("artifact.published", "pkg:golang/acme.test/cart@v1.2.3")]
    [InlineData("artifact.published", "cart-4.2.1.tgz")]
    public void What_says_nothing_about_a_registry_is_irrelevant(string kind, string id) =>
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Of(Event(kind, id)));

    [Theory]
    [InlineData("\"id\": \"e-1\"", "\"id\": \"\"")]
    [InlineData("\"id\": \"e-1\"", "\"id\": \"e-1\", \"id\": \"e-2\"")]
    [InlineData("\"content\": {}", "\"id\": \"pkg:docker/acme/cart@1\"")]
    [InlineData("T10:00:00.5+01:00", " 10:00")]
    [InlineData("dev.cdevents.artifact.published.0.2.0", "dev.cdevents.artifact")]
    [InlineData("sha256%3Abbb", "sha256%3Abb")]
    [InlineData("registry.acme.test/shop/cart", "registry.acme.test/Shop/cart")]
    [InlineData("tag=4.2.1", "tag=-")]
    [InlineData("\"subject\"", "\"object\"")]
    public void A_malformed_or_ambiguous_identity_is_rejected(string from, string to) =>
        Check.Single<NormalisedItem.Rejected>(Normalizer, Of(Published.Replace(from, to, StringComparison.Ordinal)));

    [Fact]
    public void An_event_of_another_specification_is_irrelevant() =>
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Of(Published.Replace("dev.cdevents.", "com.acme.", StringComparison.Ordinal)));

    [Fact]
    public void No_mutation_breaks_it() => Check.Totality(Normalizer, Of(Published));
}
