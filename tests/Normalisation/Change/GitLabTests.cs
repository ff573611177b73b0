namespace ReleaseIntegrity.Tests.Normalisation.Change;

public sealed class GitLabTests() : ChangeEventTest("gitlab")
{
    private static string Pipeline(string approval = "approved", string times = "\"finished_at\": \"2026-03-22 09:05:00 UTC\"") => $$"""
        {"object_kind": "pipeline", "object_attributes": {"id": 31, "status": "success", "created_at": "2026-03-22 09:00:00 UTC", {{times}},
          "variables": [{"key": "ARTIFACT_IMAGE", "value": "registry.acme.test/shop/cart:4.2.1"}, {"key": "ARTIFACT_DIGEST", "value": "{{Digest}}"},
                        {"key": "RELEASE_TRAIN", "value": "rel-2026.03"}, {"key": "EXCEPTION_REFS", "value": "EX-2, EX-1"},
                        {"key": "APPROVED_AT", "value": "2026-03-22T08:00:00Z"}, {"key": "APPROVAL", "value": "{{approval}}"}]},
         "project": {"id": 1, "web_url": "https://gitlab.acme.test:8443/shop/cart"} }
        """;

    [Fact]
    public void A_pipeline_is_handed_its_artifact_as_variables()
    {
        Observation observation = Check.Single(Normalizer, Event(Pipeline(), ("idempotency-key", "k-1"), ("x-gitlab-event-uuid", "u-1")));

        Assert.Equal(new SourceRecord(Source.ChangeSnapshot, "gitlab.acme.test:8443", RecordKind.ChangeRecord, "pipeline/31"), observation.Record);
        Assert.Equal(new Revision(null, new DateTimeOffset(2026, 3, 22, 9, 5, 0, TimeSpan.Zero)), observation.Revision);
        Assert.Equal((Approval.Approved, "k-1"), (observation.Approval, observation.MessageId));
        Assert.Equal(
            $"""
            manifest-digest={Digest} /object_attributes/variables/1/value
            tag-to-digest={Digest} /object_attributes/variables/1/value
            repository=registry.acme.test/shop/cart /object_attributes/variables/0/value
            release-train=rel-2026.03 /object_attributes/variables/2/value
            exception-bindings=EX-1,EX-2 /object_attributes/variables/3/value
            approved-tuple=registry.acme.test/shop/cart:4.2.1@{Digest} /object_attributes/variables/1/value
            approval-time=2026-03-22T08:00:00Z /object_attributes/variables/4/value
            reviewer-state=success /object_attributes/status
            """.ReplaceLineEndings("\n"), observation.Lines());
    }

    [Theory]
    [InlineData("2026-03-22 11:05:00 +0200")]
    [InlineData("2026-03-22 09:05:00 UTC")]
    [InlineData("2026-03-22T09:05:00Z")]
    public void Times_come_in_three_spellings(string time) => Assert.Equal(
        new DateTimeOffset(2026, 3, 22, 9, 5, 0, TimeSpan.Zero),
        Check.Single(Normalizer, Event(Pipeline(times: $"\"finished_at\": \"{time}\""))).Revision.Time);

    [Theory]
    [InlineData("rejected", Approval.Rejected)]
    [InlineData("open", Approval.Pending)]
    public void An_approval_is_what_the_variable_says(string stated, Approval approval) =>
        Assert.Equal(approval, Check.Single(Normalizer, Event(Pipeline(stated))).Approval);

    [Fact]
    public void A_cancelled_pipeline_is_cancelled_whatever_was_approved() => Assert.Equal(
        Approval.Cancelled, Check.Single(Normalizer, Event(Pipeline().Replace("\"success\"", "\"canceled\"", StringComparison.Ordinal))).Approval);

    [Theory]
    [InlineData("""{"object_kind": "deployment", "deployment_id": 15, "status": "success", "status_changed_at": "2021-04-28 21:50:00 +0200"}""")]
    [InlineData("""{"object_kind": "release", "id": 1, "tag": "v1.1", "released_at": "2020-11-02 12:55:12 UTC", "action": "create"}""")]
    [InlineData("""{"object_kind": "merge_request", "object_attributes": {"id": 99, "action": "approved", "updated_at": "2013-12-03T17:23:34Z"}}""")]
    [InlineData("""{"object_kind": "tag_push", "ref": "refs/tags/v1"}""")]
    [InlineData("""{"event_name": "project_create"}""")]
    public void What_names_no_artifact_is_irrelevant(string body) => Check.Single<NormalisedItem.Irrelevant>(Normalizer, Event(body));

    [Fact]
    public void A_deleted_release_is_withdrawn() => Assert.True(Check.Single(Normalizer, Event(
        """{"object_kind": "release", "id": 1, "tag": "v1.1", "released_at": "2020-11-02 12:55:12 UTC", "action": "delete"}""")).Withdrawn);

    [Theory]
    [InlineData("\"id\": 31", "\"id\": 31, \"id\": 32")]
    [InlineData("\"object_kind\": \"pipeline\"", "\"object_kind\": \"pipeline\", \"object_kind\": \"release\"")]
    [InlineData("\"object_kind\": \"pipeline\"", "\"kind\": \"pipeline\"")]
    [InlineData("09:05:00 UTC", "09:05:00 CET")]
    public void A_malformed_or_ambiguous_identity_is_rejected(string from, string to) =>
        Check.Single<NormalisedItem.Rejected>(Normalizer, Event(Pipeline().Replace(from, to, StringComparison.Ordinal)));

    [Fact]
    public void No_mutation_breaks_it() => Check.Totality(Normalizer, Event(Pipeline()));
}
