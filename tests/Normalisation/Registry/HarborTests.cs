using ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

namespace ReleaseIntegrity.Tests.Normalisation.Registry;

public sealed class HarborTests
{
    private static readonly HarborNormalizer Normalizer = new();
    private static readonly string A = Make.Digest('a');
    private static readonly string B = Make.Digest('b');
    private const string Repository = """{"date_created":1,"name":"app","namespace":"team","repo_full_name":"team/app","repo_type":"private"}""";

    private static Notification Default(string type, string resources, string occurAt = "1774173600") =>
        Make.Json($$"""{"type":"{{type}}","occur_at":{{occurAt}},"operator":"admin","event_data":{"resources":{{resources}},"repository":{{Repository}} } }""", format: "harbor");

    private static Notification CloudEvent(string type, string resources, string id = "id-1") =>
        Make.Json($$"""{"specversion":"1.0","id":"{{id}}","requestid":"r","source":"/projects/2/webhook/policies/15","type":"{{type}}","datacontenttype":"application/json","time":"2026-03-22T10:00:00Z","data":{"resources":{{resources}},"repository":{{Repository}}},"operator":"admin"}""", format: "harbor");

    private static string Tagged(string tag = "rel-1") =>
        $$"""[{"digest":"{{A}}","tag":"{{tag}}","resource_url":"Harbor.example/team/app:{{tag}}"}]""";

    [Theory]
    [InlineData("PUSH_ARTIFACT")]
    [InlineData("pushImage")]
    public void A_push_in_the_default_shape_is_an_observation_of_the_tag(string type)
    {
        Observation observation = Check.Single(Normalizer, Default(type, Tagged()));

        Assert.Equal(new SourceRecord(Source.ArtifactRegistry, "harbor.example", RecordKind.RegistryTag, "harbor.example/team/app:rel-1"), observation.Record);
        Assert.Equal("/event_data/resources/0/digest", Assert.Single(observation.Subjects).Place.Pointer);
        Assert.Equal(
            $"""
            manifest-digest={A} /event_data/resources/0/digest
            tag-to-digest={A} /event_data/resources/0/digest
            repository=harbor.example/team/app /event_data/repository/repo_full_name
            promotion-time=2026-03-22T10:00:00Z /occur_at
            active-tags=rel-1 /event_data/resources/0/tag
            """,
            observation.Lines());
        Assert.Equal("1774173600", observation.Reading(Field.PromotionTime).Raw);
    }

    [Fact]
    public void Both_shapes_and_both_policies_give_one_fact_one_key()
    {
        Observation first = Check.Single(Normalizer, CloudEvent("harbor.artifact.pushed", Tagged()));
        Observation second = Check.Single(Normalizer, CloudEvent("harbor.artifact.pushed", Tagged(), "id-2"));
        Observation plain = Check.Single(Normalizer, Default("PUSH_ARTIFACT", Tagged()));

        Assert.Equal("/data/resources/0/digest", first.Subjects[0].Place.Pointer);
        Assert.Equal(first.Revision, plain.Revision);
        Assert.Single(new[] { first, second, plain }.Select(o => o.MessageId).Distinct());
        Assert.NotEqual(first.MessageId, Check.Single(Normalizer, CloudEvent("harbor.artifact.pushed", Tagged("rel-2"))).MessageId);
    }

    [Fact]
    public void A_tag_that_is_the_digest_means_untagged()
    {
        Observation observation = Check.Single(Normalizer, Default("PUSH_ARTIFACT", Tagged(A)));

        Assert.Equal((RecordKind.RegistryManifest, $"harbor.example/team/app@{A}"), (observation.Record.Kind, observation.Record.Id));
        Assert.Equal([Field.Repository], observation.Fields.Select(f => f.Field));
        Assert.Equal("/event_data/resources/0/tag", Check.Single<NormalisedItem.Rejected>(Normalizer, Default("PUSH_ARTIFACT", Tagged(B))).Pointer);
    }

    [Fact]
    public void A_deletion_with_digest_withdraws_the_manifest_whatever_tag_it_names()
    {
        foreach (Notification notification in new[] { Default("DELETE_ARTIFACT", Tagged()), CloudEvent("harbor.artifact.deleted", Tagged()), Default("deleteImage", Tagged()) })
        {
            Observation observation = Check.Single(Normalizer, notification);
            Assert.True(observation.Withdrawn);
            Assert.Equal(RecordKind.RegistryManifest, observation.Record.Kind);
            Assert.Equal(new ImageReference("harbor.example", "team/app", null), observation.Subjects[0].Image);
        }

        Observation tag = Check.Single(Normalizer, Default("DELETE_ARTIFACT", """[{"tag":"rel-1","resource_url":"harbor.example/team/app:rel-1"}]"""));
        Assert.Equal((true, RecordKind.RegistryTag), (tag.Withdrawn, tag.Record.Kind));
    }

    [Theory]
    [InlineData("PULL_ARTIFACT")]
    [InlineData("SCANNING_COMPLETED")]
    [InlineData("scanningFailed")]
    [InlineData("QUOTA_EXCEED")]
    [InlineData("UPLOAD_CHART")]
    [InlineData("SOMETHING_NEW")]
    public void Pulls_scans_quotas_charts_and_unknown_types_are_irrelevant(string type)
    {
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Default(type, Tagged()));
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Default(type, "[]"));
        Check.Single<NormalisedItem.Rejected>(Normalizer, Default(type, """[{"digest":"sha256:fc00fd6"}]"""));
    }

    [Theory]
    [InlineData("""[{"digest":"sha256:abc123"}]""", "/event_data/resources/0/digest")]
    [InlineData("[]", "/event_data/resources")]
    [InlineData("null", "/event_data/resources")]
    [InlineData("""[{"resource_url":"harbor.example/team/app"}]""", "/event_data/resources/0/digest")]
    [InlineData("""[{"tag":"t"}]""", "/event_data/resources/0/resource_url")]
    [InlineData("""[{"tag":"a b","resource_url":"h.example/x"}]""", "/event_data/resources/0/tag")]
    [InlineData("""[{"tag":"a","tag":"b","resource_url":"h.example/x"}]""", "/event_data/resources/0/tag")]
    public void What_does_not_identify_an_artifact_is_rejected(string resources, string pointer) =>
        Assert.Equal(pointer, Check.Single<NormalisedItem.Rejected>(Normalizer, Default("PUSH_ARTIFACT", resources)).Pointer);

    [Fact]
    public void Each_resource_is_an_item_and_the_time_may_be_spelled_in_any_way()
    {
        string resources = $$"""[{"digest":"{{A}}","tag":"a","resource_url":"h.example/team/app:a"},{"digest":"sha256:1"},{"digest":"{{B}}","tag":"b","resource_url":"h.example/team/app:b"}]""";
        IReadOnlyList<NormalisedItem> items = Check.Items(Normalizer, Default("PUSH_ARTIFACT", resources, "1.7741736e+09"));

        Assert.Equal(3, items.Count);
        Assert.IsType<NormalisedItem.Rejected>(items[1]);
        Observation last = Assert.IsType<NormalisedItem.Observed>(items[2]).Observation;
        Assert.Equal(2, last.Lineage.ItemIndex);
        Assert.Equal("2026-03-22T10:00:00Z", last.Reading(Field.PromotionTime).Single);
        Assert.Equal("/occur_at", Check.Single<NormalisedItem.Rejected>(Normalizer, Default("PUSH_ARTIFACT", Tagged(), "\"soon\"")).Pointer);
        Assert.Null(Check.Single(Normalizer, Default("PUSH_ARTIFACT", Tagged(), "0")).Revision.Time);
    }

    [Fact]
    public void Retention_and_replication_are_hints_about_the_artifacts_that_they_name()
    {
        const string Retention = """{"type":"TAG_RETENTION","occur_at":1,"event_data":{"retention":{"harbor_hostname":"harbor.example","project_name":"team","deleted_artifact":[{"name_tag":"app:3.8"},{"name_tag":"UPPER:1"}]}}}""";
        const string Replication = """{"specversion":"1.0","id":"1","source":"/p","type":"harbor.replication.status.changed","time":"2026-03-22T10:00:00Z","data":{"replication":{"harbor_hostname":"harbor.example","dest_resource":{"endpoint":"https://far.example","namespace":"mirror"},"successful_artifact":[{"name_tag":"app [1 item(s) in total]"}],"failed_artifact":[{"name_tag":"x"}]}}}""";

        IReadOnlyList<NormalisedItem> retained = Check.Items(Normalizer, Make.Json(Retention, instance: "registry.example"));
        IReadOnlyList<NormalisedItem> replicated = Check.Items(Normalizer, Make.Json(Replication, instance: "registry.example"));

        Assert.Equal(("registry.example", "registry.example/team/app:3.8"), Assert.IsType<NormalisedItem.Hint>(retained[0]) is var h ? (h.Instance, h.Target) : default);
        Assert.IsType<NormalisedItem.Rejected>(retained[1]);
        Assert.Equal(("far.example", "far.example/mirror/app"), Assert.IsType<NormalisedItem.Hint>(replicated[0]) is var r ? (r.Instance, r.Target) : default);
        Assert.IsType<NormalisedItem.Irrelevant>(replicated[1]);
    }

    [Fact]
    public void An_artifact_list_of_the_API_gives_one_item_per_tag()
    {
        string body = $$"""
            [{"digest":"{{A}}","manifest_media_type":"application/vnd.oci.image.index.v1+json","push_time":"2026-03-22T09:00:00Z","references":[{"child_digest":"{{B}}"}],
              "tags":[{"name":"z","push_time":"2026-03-22T10:00:00.250Z"},{"name":"a","push_time":"0001-01-01T00:00:00.000Z"}]},
             {"digest":"{{B}}","push_time":"2026-03-22T08:00:00Z","tags":null}]
            """;
        Notification notification = Make.Json(body, format: "harbor", headers: new() { ["content-location"] = "https://Harbor.example/api/v2.0/projects/team/repositories/sub%252Fapp/artifacts?page=1" });

        Observation[] items = [.. Check.Items(Normalizer, notification).Cast<NormalisedItem.Observed>().Select(i => i.Observation)];

        Assert.Equal(["harbor.example/team/sub/app:z", "harbor.example/team/sub/app:a", $"harbor.example/team/sub/app@{B}"], items.Select(i => i.Record.Id));
        Assert.Equal(["a", "z"], items[0].Reading(Field.ActiveTags).Values);
        Assert.Equal("2026-03-22T10:00:00.25Z", items[0].Reading(Field.PromotionTime).Single);
        Assert.Null(items[1].Revision.Time);
        Assert.Equal([B], items[0].Children.Select(c => c.Text));
        Assert.All(Check.Items(Normalizer, notification with { Headers = new Dictionary<string, string>() }), i => Assert.IsType<NormalisedItem.Rejected>(i));
        Check.Totality(Normalizer, notification, rounds: 1500);
    }

    [Fact]
    public void No_mutation_breaks_it()
    {
        Check.Totality(Normalizer, Default("PUSH_ARTIFACT", Tagged()), rounds: 1500);
        Check.Totality(Normalizer, CloudEvent("harbor.artifact.deleted", Tagged()), rounds: 1500);
    }


    [Fact]
    public void One_artifact_of_the_API_is_read_like_a_list_of_it()
    {
        string body = $$"""{"id":7,"type":"IMAGE","digest":"{{A}}","repository_id":2,"tags":[{"name":"rel-1","push_time":"2026-03-22T10:00:00Z"}]}""";

        Observation observation = Check.Single(Normalizer, Make.Json(body, format: "harbor", headers: new() { ["content-location"] = $"https://harbor.example/api/v2.0/projects/team/repositories/app/artifacts/{A}" }));

        Assert.Equal(("harbor.example/team/app:rel-1", "/digest"), (observation.Record.Id, observation.Subjects[0].Place.Pointer));
        Check.Single<NormalisedItem.Rejected>(Normalizer, Make.Json(body, format: "harbor"));
    }
}
