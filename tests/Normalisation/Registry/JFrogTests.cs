using ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Registry;

public sealed class JFrogTests
{
    private static readonly JFrogNormalizer Normalizer = new();

    private static readonly string Hex = new('b', 64);

    private static string Event(string type = "pushed", string name = "manifest.json") => $$"""
        {"domain": "docker", "event_type": "{{type}}", "data": {"repo_key": "docker-prod", "path": "shop/cart/4.2.1/{{name}}", "name": "{{name}}", "sha256": "{{Hex}}",
          "size": 1206, "image_name": "shop/cart", "tag": "4.2.1", "platforms": []},
         "subscription_key": "prod", "jpd_origin": "https://acme.jfrog.io", "source": "jfrog/ada@acme.test"}
        """;

    private static Notification Of(string body, string? instance = null) => Make.Json(body, format: "jfrog", instance: instance);

    [Theory]
    [InlineData("pushed")]
    [InlineData("promoted")]
    public void A_push_has_bare_hex_and_neither_id_nor_time(string type)
    {
        Observation observation = Check.Single(Normalizer, Of(Event(type)));

        Assert.Equal(new SourceRecord(Source.ArtifactRegistry, "acme.jfrog.io", RecordKind.RegistryTag, "acme.jfrog.io/docker-prod/shop/cart:4.2.1"), observation.Record);
        Assert.Equal((new Revision(null, null), null), (observation.Revision, observation.MessageId));
        Assert.Equal(
            $"""
            manifest-digest=sha256:{Hex} /data/sha256
            tag-to-digest=sha256:{Hex} /data/sha256
            repository=acme.jfrog.io/docker-prod/shop/cart /data/image_name
            active-tags=4.2.1 /data/tag
            """.ReplaceLineEndings("\n"), observation.Lines());
    }

    [Theory]
    [InlineData("manifest.json", DigestKind.Manifest)]
    [InlineData("list.manifest.json", DigestKind.Index)]
    [InlineData("4.2.1", DigestKind.Unknown)]
    public void The_files_name_tells_an_index(string name, DigestKind kind) =>
        Assert.Equal(kind, Check.Single(Normalizer, Of(Event(name: name))).Subjects[0].DigestKind);

    [Theory]
    [InlineData("sha256:")]
    [InlineData("sha256__")]
    public void A_tag_that_is_the_digest_is_no_tag(string prefix)
    {
        string body = Event().Replace("\"tag\": \"4.2.1\"", $"\"tag\": \"{prefix}{Hex}\"", StringComparison.Ordinal);

        Observation observation = Check.Single(Normalizer, Of(body));

        Assert.Equal((RecordKind.RegistryManifest, $"acme.jfrog.io/docker-prod/shop/cart@sha256:{Hex}"), (observation.Record.Kind, observation.Record.Id));
        Assert.Equal(
            "tag is a digest, and not the one that sha256 states",
            Check.Single<NormalisedItem.Rejected>(Normalizer, Of(body.Replace($"\"sha256\": \"{Hex}\"", $"\"sha256\": \"{new string('a', 64)}\"", StringComparison.Ordinal))).Reason);
    }

    [Fact]
    public void A_deletion_ends_its_tag() => Assert.True(Check.Single(Normalizer, Of(Event("deleted"))).Withdrawn);

    [Theory]
    [InlineData("\"domain\": \"docker\"", "\"domain\": \"artifact\"")]
    [InlineData("\"pushed\"", "\"scanned\"")]
    [InlineData("\"name\": \"manifest.json\"", "\"name\": \"sha256__aa\"")]
    public void Other_domains_events_and_files_are_irrelevant(string from, string to) =>
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Of(Event().Replace(from, to, StringComparison.Ordinal)));

    [Theory]
    [InlineData("bbbb\"", "\"")]
    [InlineData("\"sha256\"", "\"sha256\": \"\", \"sha256\"")]
    [InlineData("\"image_name\": \"shop/cart\"", "\"image_name\": \"\"")]
    [InlineData("\"image_name\": \"shop/cart\"", "\"image_name\": \"Shop\"")]
    [InlineData("\"docker-prod\"", "null")]
    [InlineData("\"tag\": \"4.2.1\"", "\"tag\": \"4 2\"")]
    [InlineData("https://acme.jfrog.io", "")]
    [InlineData("\"domain\"", "\"realm\"")]
    public void A_malformed_or_ambiguous_identity_is_rejected(string from, string to) =>
        Check.Single<NormalisedItem.Rejected>(Normalizer, Of(Event().Replace(from, to, StringComparison.Ordinal)));

    [Fact]
    public void No_mutation_breaks_it() => Check.Totality(Normalizer, Of(Event()));
}
