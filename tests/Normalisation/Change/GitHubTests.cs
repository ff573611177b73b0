namespace ReleaseIntegrity.Tests.Normalisation.Change;

public sealed class GitHubTests() : ChangeEventTest("github")
{
    private static string Payload => $$"""
        {"artifact_image": "registry.acme.test/shop/cart:4.2.1", "artifact_digest": "{{Digest}}", "release_train": "rel-2026.03",
         "release_window": "RW-7", "exception_refs": ["EX-2", "EX-1"], "approved_at": "2026-03-22T08:00:00Z", "approval": "approved"}
        """;

    private static string Deployment(string payload, string status = "") => $$"""
        {"action": "created", {{status}} "deployment": {"id": 77, "sha": "f95f852bd8fca8fcc58a9a2d6c842781e32a215e", "environment": "production",
          "payload": {{payload}}, "created_at": "2026-03-22T09:00:00Z", "updated_at": "2026-03-22T09:00:01Z"},
         "repository": {"full_name": "acme/cart", "html_url": "https://github.com/acme/cart"} }
        """;

    private static string Status(string state, int id = 501) =>
        $$"""
        "deployment_status": {"id": {{id}}, "state": "{{state}}", "created_at": "2026-03-22T09:05:00Z"},
        """;

    [Fact]
    public void A_deployment_states_its_artifact_in_its_payload()
    {
        Observation observation = Check.Single(Normalizer, Event(Deployment(Payload), ("x-github-event", "deployment"), ("x-github-delivery", "d-1")));

        Assert.Equal(new SourceRecord(Source.ChangeSnapshot, "github.com", RecordKind.ChangeRecord, "deployment/77"), observation.Record);
        Assert.Equal(new Revision(null, new DateTimeOffset(2026, 3, 22, 9, 0, 1, TimeSpan.Zero)), observation.Revision);
        Assert.Equal((Approval.Approved, "d-1"), (observation.Approval, observation.MessageId));
        Assert.Equal(
            $"""
            manifest-digest={Digest} /deployment/payload/artifact_digest
            tag-to-digest={Digest} /deployment/payload/artifact_digest
            repository=registry.acme.test/shop/cart /deployment/payload/artifact_image
            release-train=rel-2026.03 /deployment/payload/release_train
            release-window=RW-7 /deployment/payload/release_window
            exception-bindings=EX-1,EX-2 /deployment/payload/exception_refs
            approved-tuple=registry.acme.test/shop/cart:4.2.1@{Digest} /deployment/payload/artifact_digest
            approval-time=2026-03-22T08:00:00Z /deployment/payload/approved_at
            """.ReplaceLineEndings("\n"), observation.Lines());
    }

    [Fact]
    public void A_status_is_a_revision_of_its_deployment_ordered_by_the_status_id()
    {
        Observation observation = Check.Single(Normalizer, Event(Deployment(Payload, Status("success"))));

        Assert.Equal("deployment/77", observation.Record.Id);
        Assert.Equal(new Revision("501", new DateTimeOffset(2026, 3, 22, 9, 5, 0, TimeSpan.Zero)), observation.Revision);
        Assert.Equal("success", observation.Reading(Field.ReviewerState).Single);
    }

    [Fact]
    public void What_asks_a_protection_rule_is_a_revision_of_its_deployment()
    {
        string body = Deployment(Payload, """ "environment": "production", "event": "push", "deployment_callback_url": "https://api.github.com/x", """);

        Observation stated = Check.Single(Normalizer, Event(body, ("x-github-event", "deployment_protection_rule")));
        Observation guessed = Check.Single(Normalizer, Event(body));

        Assert.Equal(("deployment/77", "deployment/77"), (stated.Record.Id, guessed.Record.Id));
        Assert.Equal(Digest, stated.Reading(Field.ManifestDigest).Single);
    }

    [Fact]
    public void What_ran_is_not_what_someone_approved()
    {
        string unapproved = Payload.Replace(", \"approval\": \"approved\"", "", StringComparison.Ordinal);

        Assert.Equal(Approval.Pending, Check.Single(Normalizer, Event(Deployment(unapproved, Status("success")))).Approval);
        Assert.Equal(Approval.Cancelled, Check.Single(Normalizer, Event(Deployment(Payload, Status("inactive")))).Approval);
    }

    [Fact]
    public void A_payload_that_is_a_text_of_JSON_is_read_through_and_keeps_its_place()
    {
        Observation observation = Check.Single(Normalizer, Event(Deployment(Text(Payload))));

        Place place = observation.Reading(Field.ManifestDigest).Place;
        Assert.Equal(("/deployment/payload", "json", "/artifact_digest"), (place.Decode[0].Pointer, place.Decode[0].As, place.Pointer));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("\"deploy it\"")]
    [InlineData("[1]")]
    public void A_deployment_without_an_artifact_is_irrelevant(string payload) =>
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Event(Deployment(payload)));

    [Theory]
    [InlineData("""{"action": "created", "issue": {}, "repository": {}}""")]
    [InlineData("""{"zen": "Keep it logically awesome.", "hook": {}, "hook_id": 1}""")]
    [InlineData("""{"action": "requested", "deployment_callback_url": "https://x", "deployment": {"id": 1}}""")]
    [InlineData("""{"action": "approved", "workflow_run": {"id": 9, "updated_at": "2026-03-22T09:00:00Z"}, "environment": "production"}""")]
    [InlineData("""{"action": "published", "release": {"id": 3, "tag_name": "v1", "draft": false, "published_at": "2026-03-22T09:00:00Z"}}""")]
    public void Other_events_and_those_that_name_no_artifact_are_irrelevant(string body) =>
        Check.Single<NormalisedItem.Irrelevant>(Normalizer, Event(body));

    [Fact]
    public void A_deleted_release_is_withdrawn()
    {
        Observation observation = Check.Single(Normalizer, Event("""{"action": "deleted", "release": {"id": 3, "tag_name": "v1", "published_at": "2026-03-22T09:00:00Z"}}"""));

        Assert.Equal(("release/3", true), (observation.Record.Id, observation.Withdrawn));
    }

    [Theory]
    [InlineData("\"id\": 77", "\"id\": 77, \"id\": 78")]
    [InlineData("\"id\": 77", "\"id\": {}")]
    [InlineData("\"deployment\": {", "\"deployment\": null, \"deployment\": {")]
    [InlineData("09:00:01Z", "nine")]
    [InlineData("shop/cart:4.2.1\", \"artifact_digest\": \"sha256:", "Shop/cart:4.2.1\", \"artifact_digest\": \"sha256:0")]
    public void A_malformed_or_ambiguous_identity_is_rejected(string from, string to)
    {
        string body = Deployment(Payload);
        Assert.Contains(from, body, StringComparison.Ordinal);
        Check.Single<NormalisedItem.Rejected>(Normalizer, Event(body.Replace(from, to, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("7")]
    public void What_is_no_webhook_is_rejected(string body) => Check.Single<NormalisedItem.Rejected>(Normalizer, Event(body));

    [Fact]
    public void No_mutation_breaks_it() => Check.Totality(Normalizer, Event(Deployment(Payload, Status("success"))));
}
