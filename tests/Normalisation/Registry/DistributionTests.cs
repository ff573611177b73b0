using System.Text;
using ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Registry;

public sealed class DistributionTests
{
    private const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    private const string Index = "application/vnd.oci.image.index.v1+json";
    private static readonly DistributionNormalizer Normalizer = new();
    private static readonly string A = Make.Digest('a');

    private static string Event(string target, string action = "push", string extra = "", string host = "Registry.Example:5000", string timestamp = "2026-03-22T10:00:00.123456789+02:00") =>
        $$$"""{"id":"e-1","timestamp":"{{{timestamp}}}","action":"{{{action}}}","target":{{{target}}},"request":{"host":"{{{host}}}"}{{{extra}}}}""";

    private static Notification Envelope(params string[] events) => Make.Json($$"""{"events":[{{string.Join(',', events)}}]}""");

    private static string Tagged(string mediaType = Manifest) =>
        $$"""{"mediaType":"{{mediaType}}","digest":"{{A}}","repository":"team/app","tag":"rel-1","url":"https://other.example/v2/x/manifests/sha256:0"}""";

    [Fact]
    public void A_tagged_push_is_an_observation_of_the_tag()
    {
        Observation observation = Check.Single(Normalizer, Envelope(Event(Tagged())));

        Assert.Equal(new SourceRecord(Source.ArtifactRegistry, "registry.example:5000", RecordKind.RegistryTag, "registry.example:5000/team/app:rel-1"), observation.Record);
        Assert.Equal(new Revision(null, DateTimeOffset.Parse("2026-03-22T08:00:00.1234567Z", System.Globalization.CultureInfo.InvariantCulture)), observation.Revision);
        Assert.Equal(
            [new Subject(new ImageReference("registry.example:5000", "team/app", "rel-1"), Digest.Parse(A), DigestKind.Manifest, Place.At("/events/0/target/digest"))],
            observation.Subjects);
        Assert.Equal(
            $"""
            manifest-digest={A} /events/0/target/digest
            tag-to-digest={A} /events/0/target/digest
            repository=registry.example:5000/team/app /events/0/target/repository
            promotion-time=2026-03-22T08:00:00.1234567Z /events/0/timestamp
            active-tags=rel-1 /events/0/target/tag
            """,
            observation.Lines());
        Assert.Equal(DigestKind.Manifest, observation.Reading(Field.ManifestDigest).DigestKind);
        Assert.Equal("2026-03-22T10:00:00.123456789+02:00", observation.Reading(Field.PromotionTime).Raw);
        Assert.Equal(("e-1", "/events/0", false), (observation.MessageId, observation.RecordPointer, observation.Withdrawn));
    }

    [Fact]
    public void An_untagged_push_is_an_observation_of_the_manifest_with_its_repository_only()
    {
        Observation observation = Check.Single(Normalizer, Envelope(Event($$"""{"mediaType":"{{Manifest}}","digest":"{{A}}","repository":"team/app","tag":""}""")));

        Assert.Equal((RecordKind.RegistryManifest, $"registry.example:5000/team/app@{A}"), (observation.Record.Kind, observation.Record.Id));
        Assert.Equal("repository=registry.example:5000/team/app /events/0/target/repository", observation.Lines());
    }

    [Fact]
    public void The_children_of_an_index_are_the_manifests_that_it_lists()
    {
        string references = $$"""
            [{"mediaType":"{{Manifest}}","digest":"{{Make.Digest('c')}}"},{"mediaType":"{{Manifest}}","digest":"{{Make.Digest('b')}}"},
             {"mediaType":"{{Manifest}}","digest":"{{Make.Digest('b')}}"},{"mediaType":"{{Manifest}}","digest":"sha256:short"},
             {"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"{{Make.Digest('d')}}"}]
            """;
        string target = $$"""{"mediaType":"{0}","digest":"{{A}}","repository":"team/app","tag":"t","references":{{references}}}""";

        Observation index = Check.Single(Normalizer, Envelope(Event(target.Replace("{0}", Index, StringComparison.Ordinal))));
        Observation manifest = Check.Single(Normalizer, Envelope(Event(target.Replace("{0}", Manifest, StringComparison.Ordinal))));

        Assert.Equal([Make.Digest('b'), Make.Digest('c')], index.Children.Select(c => c.Text));
        Assert.Equal(DigestKind.Index, index.Reading(Field.TagToDigest).DigestKind);
        Assert.Empty(manifest.Children);
    }

    [Fact]
    public void The_three_forms_of_deletion_withdraw_manifest_tag_and_repository()
    {
        IReadOnlyList<NormalisedItem> items = Check.Items(Normalizer, Envelope(
            Event($$"""{"digest":"{{A}}","repository":"team/app"}""", "delete"),
            Event("""{"tag":"t","repository":"team/app"}""", "delete"),
            Event("""{"repository":"team/app"}""", "delete")));

        Observation[] observations = [.. items.Cast<NormalisedItem.Observed>().Select(i => i.Observation)];
        Assert.All(observations, o => Assert.True(o.Withdrawn));
        Assert.Equal([RecordKind.RegistryManifest, RecordKind.RegistryTag, RecordKind.RegistryRepository], observations.Select(o => o.Record.Kind));
        Assert.Equal(["/events/0/target/digest", "/events/1/target/tag", "/events/2/target/repository"], observations.Select(o => o.Subjects[0].Place.Pointer));
        Assert.Equal([0, 1, 2], observations.Select(o => o.Lineage.ItemIndex));
        Assert.Null(observations[1].Subjects[0].Digest);
        Assert.All(observations, o => Assert.Equal([Field.Repository], o.Fields.Select(f => f.Field)));
    }

    [Theory]
    [InlineData("""{"digest":"","repository":"team/app"}""")]
    [InlineData("""{"digest":null,"repository":"team/app"}""")]
    [InlineData("""{"tag":"","repository":"team/app"}""")]
    public void An_empty_digest_does_not_widen_a_deletion_to_the_repository(string target) =>
        Check.Single<NormalisedItem.Rejected>(Normalizer, Envelope(Event(target, "delete")));

    [Theory]
    [InlineData("application/vnd.oci.image.layer.v1.tar+gzip", "push")]
    [InlineData("application/vnd.docker.container.image.v1+json", "push")]
    [InlineData("application/octet-stream", "push")]
    [InlineData(Manifest, "pull")]
    [InlineData(Manifest, "mount")]
    [InlineData(Manifest, "rename")]
    public void Layers_configurations_pulls_and_mounts_are_irrelevant(string mediaType, string action) =>
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Envelope(Event(Tagged(mediaType), action)));

    [Fact]
    public void A_blob_without_a_media_type_is_known_by_its_address() =>
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Envelope(Event($$"""{"digest":"{{A}}","repository":"a","url":"https://r.example/v2/a/blobs/{{A}}"}""")));

    [Fact]
    public void A_malformed_digest_rejects_its_own_event_only_and_before_all_else()
    {
        IReadOnlyList<NormalisedItem> items = Check.Items(Normalizer, Envelope(
            Event($$"""{"mediaType":"application/octet-stream","digest":"sha256:{{new string('a', 65)}}","repository":"a"}""", "pull"),
            Event(Tagged())));

        Assert.Equal("/events/0/target/digest", Assert.IsType<NormalisedItem.Rejected>(items[0]).Pointer);
        Assert.Equal(1, Assert.IsType<NormalisedItem.Observed>(items[1]).Observation.Lineage.ItemIndex);
    }

    [Fact]
    public void A_push_without_digest_is_a_hint_that_names_the_tag() =>
        Assert.Equal(
            new NormalisedItem.Hint("a push that states no digest", "registry.example:5000", "registry.example:5000/team/app:t"),
            Check.Single<NormalisedItem.Hint>(Normalizer, Envelope(Event($$"""{"mediaType":"{{Manifest}}","repository":"team/app","tag":"t"}"""))));

    [Theory]
    [InlineData("\"repository\":\"Team/App\"", "/events/0/target/repository")]
    [InlineData("\"repository\":\"täm\"", "/events/0/target/repository")]
    [InlineData("\"repository\":7", "/events/0/target/repository")]
    [InlineData("\"repository\":null", "/events/0/target/repository")]
    [InlineData("\"repository\":\"a\",\"tag\":\"a b\"", "/events/0/target/tag")]
    [InlineData("\"repository\":\"a\",\"repository\":\"b\"", "/events/0/target/repository")]
    [InlineData("\"repository\":\"a\",\"tag\":\"x\",\"tag\":\"x\"", "/events/0/target/tag")]
    public void Identity_that_is_malformed_or_stated_twice_is_rejected(string members, string pointer) =>
        Assert.Equal(pointer, Check.Single<NormalisedItem.Rejected>(Normalizer, Envelope(Event($$"""{"mediaType":"{{Manifest}}","digest":"{{A}}",{{members}}}"""))).Pointer);

    [Fact]
    public void Times_zero_absent_and_bad_are_told_apart()
    {
        Assert.Null(Check.Single(Normalizer, Envelope(Event(Tagged(), timestamp: "0001-01-01T00:00:00Z"))).Revision.Time);
        Assert.Equal("/events/0/timestamp", Check.Single<NormalisedItem.Rejected>(Normalizer, Envelope(Event(Tagged(), timestamp: "yesterday, at about ten"))).Pointer);
    }

    [Fact]
    public void The_configured_instance_goes_before_the_payloads_host_and_that_before_the_url()
    {
        Notification notification = Envelope(Event(Tagged()));
        Assert.Equal("mirror.example/team/app:rel-1", Check.Single(Normalizer, notification with { Instance = "Mirror.Example" }).Record.Id);
        Assert.Equal("other.example/team/app:rel-1", Check.Single(Normalizer, Envelope(Event(Tagged(), host: ""))).Record.Id);
        Assert.Equal("docker.io/library/app:t", Check.Single(Normalizer, Envelope(Event(
            $$"""{"mediaType":"{{Manifest}}","digest":"{{A}}","repository":"app","tag":"t"}""", host: "registry-1.docker.io"))).Record.Id);
        Assert.Contains("no registry host", Check.Single<NormalisedItem.Rejected>(Normalizer, Envelope(Event(
            $$"""{"mediaType":"{{Manifest}}","digest":"{{A}}","repository":"app","tag":"t"}""", host: ""))).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"events\":{}}")]
    [InlineData("{\"events\":[null]}")]
    [InlineData("{\"events\":[1],\"events\":[]}")]
    [InlineData("{\"events\":[")]
    [InlineData("")]
    public void What_is_no_envelope_is_one_rejected_item(string body) =>
        Check.Single<NormalisedItem.Rejected>(Normalizer, Make.Json(body));

    [Fact]
    public void No_mutation_breaks_it() =>
        Check.Totality(Normalizer, Envelope(Event(Tagged(Index)), Event($$"""{"digest":"{{A}}","repository":"team/app"}""", "delete")), rounds: 3000);


    [Fact]
    public void Envelopes_may_follow_one_another_and_an_empty_one_holds_nothing()
    {
        string envelope = Encoding.UTF8.GetString(Envelope(Event(Tagged(Index))).Body.Span).ReplaceLineEndings("");

        Assert.Equal(2, Check.Items(Normalizer, Make.Json($"{envelope}\n{envelope}\n")).OfType<NormalisedItem.Observed>().Count());
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Make.Json("""{"events":[]}"""));
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Make.Json("""{"events":null}"""));
    }
}
