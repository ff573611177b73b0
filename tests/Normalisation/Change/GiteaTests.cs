using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;

namespace ReleaseIntegrity.Tests.Normalisation.Change;

public sealed class GiteaTests() : ChangeEventTest("gitea")
{
    private const string Release = """
        {"action": "published", "release": {"id": 5, "tag_name": "v4.2.1", "name": "registry.acme.test/shop/cart:4.2.1", "draft": false,
          "created_at": "2026-03-22T18:00:00+09:00", "published_at": "2026-03-22T18:00:00+09:00"},
         "repository": {"id": 1, "html_url": "http://gitea.acme.test:3000/shop/cart"}}
        """;

    [Fact]
    public void A_release_is_a_record_once_a_mapping_leads_to_an_artifact()
    {
        INormalizer mapped = Of("gitea", FieldMappings.Default.With("format: gitea\nversion: 1\nimage: release.name\n", "gitea.yaml"));
        Observation observation = Check.Single(mapped, Event(Release, ("x-gitea-delivery", "d-1")));

        Assert.Equal(new SourceRecord(Source.ChangeSnapshot, "gitea.acme.test:3000", RecordKind.ChangeRecord, "release/5"), observation.Record);
        Assert.Equal(new Revision(null, new DateTimeOffset(2026, 3, 22, 9, 0, 0, TimeSpan.Zero)), observation.Revision);
        Assert.Equal((Approval.Pending, "d-1"), (observation.Approval, observation.MessageId));
        Assert.Equal(
            """
            repository=registry.acme.test/shop/cart /release/name
            release-train=v4.2.1 /release/tag_name
            """.ReplaceLineEndings("\n"), observation.Lines());
        Check.Totality(mapped, Event(Release));
    }

    [Fact]
    public void Without_one_it_names_no_artifact() => Check.Single<NormalisedItem.Irrelevant>(Normalizer, Event(Release));

    [Fact]
    public void A_deleted_release_is_withdrawn() =>
        Assert.True(Check.Single(Normalizer, Event(Release.Replace("\"published\",", "\"deleted\",", StringComparison.Ordinal))).Withdrawn);

    [Fact]
    public void Other_events_are_irrelevant() => Check.Single<NormalisedItem.Irrelevant>(Normalizer, Event("""{"ref": "refs/heads/main", "repository": {}}"""));

    [Theory]
    [InlineData("\"id\": 5", "\"id\": 5, \"id\": 6")]
    [InlineData("\"id\": 5", "\"number\": 5")]
    [InlineData("T18:00:00+09:00", " 18 Uhr")]
    [InlineData("\"release\"", "\"releases\": 1, \"release\": {}, \"release\"")]
    public void A_malformed_or_ambiguous_identity_is_rejected(string from, string to) =>
        Check.Single<NormalisedItem.Rejected>(Normalizer, Event(Release.Replace(from, to, StringComparison.Ordinal)));
}
