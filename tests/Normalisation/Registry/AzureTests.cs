using System.Text.Json;
using ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Registry;

public sealed class AzureTests
{
    private static readonly AzureNormalizer Normalizer = new();

    private static readonly string Digest = Make.Digest('b');

    private static string Push(string action = "push") => $$"""
        {"id": "w-1", "timestamp": "2026-03-22T09:00:00.0958813Z", "action": "{{action}}",
         "target": {"mediaType": "application/vnd.docker.distribution.manifest.list.v2+json", "size": 524, "digest": "{{Digest}}", "length": 524, "repository": "shop/cart", "tag": "4.2.1"},
         "request": {"id": "r-1", "host": "acme.azurecr.io", "method": "PUT"} }
        """;

    private static string Grid(string data, string type = "Microsoft.ContainerRegistry.ImagePushed") =>
        $$"""{"id": "g-1", "topic": "/subscriptions/s/registries/acme", "subject": "cart:4.2.1", "eventType": "{{type}}", "eventTime": "2025-11-01T00:00:00Z", "data": {{data}} }""";

    private static string Cloud(string data) =>
        $$"""{"specversion": "1.0", "id": "c-1", "source": "/registries/acme", "type": "Microsoft.ContainerRegistry.ImagePushed", "time": "2025-11-01T00:00:00Z", "data": {{data}} }""";

    private static Notification Of(string body) => Make.Json(body, format: "azure-acr");

    [Fact]
    public void A_webhook_is_one_flat_event()
    {
        Observation observation = Check.Single(Normalizer, Of(Push()));

        Assert.Equal(new SourceRecord(Source.ArtifactRegistry, "acme.azurecr.io", RecordKind.RegistryTag, "acme.azurecr.io/shop/cart:4.2.1"), observation.Record);
        Assert.Equal(("w-1", DigestKind.Index), (observation.MessageId, observation.Subjects[0].DigestKind));
        Assert.Equal(
            $"""
            manifest-digest={Digest} /target/digest
            tag-to-digest={Digest} /target/digest
            repository=acme.azurecr.io/shop/cart /target/repository
            promotion-time=2026-03-22T09:00:00.0958813Z /timestamp
            active-tags=4.2.1 /target/tag
            """.ReplaceLineEndings("\n"), observation.Lines());
    }

    [Fact]
    public void Event_Grid_wraps_it_in_an_array_of_either_schema()
    {
        Observation[] observations = [.. Check.Items(Normalizer, Of($"[{Grid(Push())},{Cloud(Push())},{Grid(JsonSerializer.Serialize(Push()))}]"))
            .Cast<NormalisedItem.Observed>().Select(o => o.Observation)];

        Assert.Equal(["/subscriptions/s/registries/acme g-1", "/registries/acme c-1", "/subscriptions/s/registries/acme g-1"], observations.Select(o => o.MessageId));
        Assert.All(observations, o => Assert.Equal(new DateTimeOffset(2026, 3, 22, 9, 0, 0, TimeSpan.Zero).AddTicks(958813), o.Revision.Time));
        Assert.Equal("/1/data/target/digest", observations[1].Reading(Field.ManifestDigest).Place.Pointer);
        Assert.Equal("/2/data", observations[2].Reading(Field.ManifestDigest).Place.Decode[0].Pointer);
    }

    [Fact]
    public void The_envelopes_time_counts_only_without_the_registrys_own() => Assert.Equal(
        new DateTimeOffset(2025, 11, 1, 0, 0, 0, TimeSpan.Zero),
        Check.Single(Normalizer, Of(Grid(Push().Replace("\"timestamp\"", "\"when\"", StringComparison.Ordinal)))).Revision.Time);

    [Theory]
    [InlineData("Microsoft.EventGrid.SubscriptionValidationEvent", "{\"validationCode\": \"512d38b6\", \"validationUrl\": \"https://rp.test/validate\"}")]
    [InlineData("Microsoft.EventGrid.SubscriptionDeletedEvent", "{}")]
    [InlineData("Microsoft.ContainerRegistry.ChartPushed", "{\"action\": \"chart_push\"}")]
    [InlineData("Microsoft.Storage.BlobCreated", "{}")]
    public void Other_events_of_Event_Grid_are_irrelevant(string type, string data) =>
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Of($"[{Grid(data, type)}]"));

    [Theory]
    [InlineData("chart_push")]
    [InlineData("chart_delete")]
    [InlineData("quarantine")]
    [InlineData("ping")]
    [InlineData("import")]
    public void Other_actions_are_irrelevant(string action) => Check.Single<NormalisedItem.Irrelevant>(Normalizer, Of(Push(action)));

    [Fact]
    public void A_deletion_withdraws_the_manifest_and_without_a_digest_nothing()
    {
        Observation gone = Check.Single(Normalizer, Of(Push("delete")));
        Assert.Equal((RecordKind.RegistryManifest, true), (gone.Record.Kind, gone.Withdrawn));
        Check.Single<NormalisedItem.Hint>(Normalizer, Of(Push("delete").Replace(Digest, "", StringComparison.Ordinal)));
        Check.Single<NormalisedItem.Observed>(Normalizer, Of(Grid(Push("delete"), "Microsoft.ContainerRegistry.ImageDeleted")));
    }

    [Fact]
    public void An_action_that_contradicts_the_events_type_is_rejected() =>
        Check.Single<NormalisedItem.Rejected>(Normalizer, Of(Grid(Push("delete"))));

    [Fact]
    public void A_layer_is_irrelevant() => Check.Single<NormalisedItem.Irrelevant>(
        Normalizer, Of(Push().Replace("manifest.list.v2+json", "image.rootfs.diff.tar.gzip", StringComparison.Ordinal).Replace("docker.distribution", "docker", StringComparison.Ordinal)));

    [Theory]
    [InlineData("\"repository\": \"shop/cart\"", "\"repository\": \"Shop/Cart\"")]
    [InlineData("\"tag\": \"4.2.1\"", "\"tag\": \"4.2.1\", \"tag\": \"4.2.2\"")]
    [InlineData("sha256:bb", "sha256:xx")]
    [InlineData("2026-03-22T09", "2026-03-22 09")]
    [InlineData("\"host\": \"acme.azurecr.io\"", "\"host\": \"\"")]
    [InlineData("\"action\": \"push\"", "\"action\": \"\"")]
    public void A_malformed_or_ambiguous_identity_is_rejected(string from, string to) =>
        Check.Single<NormalisedItem.Rejected>(Normalizer, Of(Push().Replace(from, to, StringComparison.Ordinal)));

    [Fact]
    public void No_mutation_breaks_it()
    {
        Check.Totality(Normalizer, Of(Push()));
        Check.Totality(Normalizer, Of($"[{Grid(Push())},{Cloud(Push())}]"));
    }
}
