namespace ReleaseIntegrity.Tests.Normalisation.Change;

public sealed class AzureDevOpsTests() : ChangeEventTest("azure-devops")
{
    private static string Approval(string status = "approved") => $$"""
        {"id": "m-1", "eventType": "ms.vss-release.deployment-approval-completed-event", "publisherId": "rm", "createdDate": "2026-03-22T09:00:00.3156388Z",
         "resource": {"approval": {"id": 1, "status": "{{status}}", "modifiedOn": "2026-03-22T08:00:00Z"},
           "release": {"id": 12, "name": "Release-12", "status": "active", "variables": {
             "ARTIFACT_IMAGE": {"value": "registry.acme.test/shop/cart:4.2.1"}, "ARTIFACT_DIGEST": {"value": "{{Digest}}"} } } },
         "resourceContainers": {"collection": {"id": "c", "baseUrl": "https://dev.azure.com/acme/"} } }
        """;

    private static string WorkItem => $$"""
        {"id": "m-2", "eventType": "workitem.updated", "createdDate": "2026-03-22T09:00:00Z",
         "resource": {"id": 9001, "workItemId": 44, "rev": 7, "fields": {"System.State": {"oldValue": "New", "newValue": "Approved"} },
           "revision": {"rev": 7, "fields": {"System.State": "Approved", "Custom.ArtifactImage": "registry.acme.test/shop/cart:4.2.1@{{Digest}}"} } } }
        """;

    [Fact]
    public void An_approval_of_a_release_is_a_revision_of_the_release()
    {
        Observation observation = Check.Single(Normalizer, Event(Approval()));

        Assert.Equal(new SourceRecord(Source.ChangeSnapshot, "dev.azure.com", RecordKind.ChangeRecord, "release/12"), observation.Record);
        Assert.Equal(new Revision(null, new DateTimeOffset(2026, 3, 22, 9, 0, 0, TimeSpan.Zero).AddTicks(3156388)), observation.Revision);
        Assert.Equal((Contracts.Approval.Approved, "m-1"), (observation.Approval, observation.MessageId));
        Assert.Equal(
            $"""
            manifest-digest={Digest} /resource/release/variables/ARTIFACT_DIGEST/value
            tag-to-digest={Digest} /resource/release/variables/ARTIFACT_DIGEST/value
            repository=registry.acme.test/shop/cart /resource/release/variables/ARTIFACT_IMAGE/value
            release-train=Release-12 /resource/release/name
            approved-tuple=registry.acme.test/shop/cart:4.2.1@{Digest} /resource/release/variables/ARTIFACT_DIGEST/value
            approval-time=2026-03-22T08:00:00Z /resource/approval/modifiedOn
            reviewer-state=approved /resource/approval/status
            """.ReplaceLineEndings("\n"), observation.Lines());
    }

    [Fact]
    public void A_work_item_counts_its_revisions_and_has_fields_of_its_own()
    {
        Observation observation = Check.Single(Normalizer, Event(WorkItem));

        Assert.Equal(("work-item/44", "7"), (observation.Record.Id, observation.Revision.Counter));
        Assert.Equal((Contracts.Approval.Approved, Digest), (observation.Approval, observation.Subjects[0].Digest?.Text));
        Assert.Equal("Approved", observation.Reading(Field.ReviewerState).Single);
    }

    [Fact]
    public void The_newer_names_of_releases_events_are_read_alike() => Assert.Equal(
        "release/12", Check.Single(Normalizer, Event(Approval().Replace("ms.vss-release", "ms.azure-devops-release", StringComparison.Ordinal))).Record.Id);

    [Theory]
    [InlineData("rejected", Contracts.Approval.Rejected)]
    [InlineData("pending", Contracts.Approval.Pending)]
    public void The_approvals_status_decides(string status, Contracts.Approval approval) =>
        Assert.Equal(approval, Check.Single(Normalizer, Event(Approval(status))).Approval);

    [Fact]
    public void An_abandoned_release_is_cancelled_whatever_was_approved() => Assert.Equal(
        Contracts.Approval.Cancelled, Check.Single(Normalizer, Event(Approval().Replace("\"active\"", "\"abandoned\"", StringComparison.Ordinal))).Approval);

    [Fact]
    public void A_deleted_work_item_is_withdrawn() =>
        Assert.True(Check.Single(Normalizer, Event(WorkItem.Replace("workitem.updated", "workitem.deleted", StringComparison.Ordinal))).Withdrawn);

    [Theory]
    [InlineData("""{"id": "1", "eventType": "git.push", "resource": {}}""")]
    [InlineData("""{"id": "1", "eventType": "git.pullrequest.created", "createdDate": "2026-03-22T09:00:00Z", "resource": {"pullRequestId": 1, "status": "active"}}""")]
    [InlineData("""{"id": "1", "eventType": "build.complete", "createdDate": "2026-03-22T09:00:00Z", "resource": {"id": 2, "status": "succeeded"}}""")]
    public void What_names_no_artifact_is_irrelevant(string body) => Check.Single<NormalisedItem.Irrelevant>(Normalizer, Event(body));

    [Theory]
    [InlineData("\"id\": 12", "\"id\": 12, \"id\": 13")]
    [InlineData("\"eventType\"", "\"kind\"")]
    [InlineData("09:00:00.3156388Z", "9")]
    [InlineData("\"resource\": {", "\"resource\": 1, \"resource\": {")]
    public void A_malformed_or_ambiguous_identity_is_rejected(string from, string to) =>
        Check.Single<NormalisedItem.Rejected>(Normalizer, Event(Approval().Replace(from, to, StringComparison.Ordinal)));

    [Fact]
    public void No_mutation_breaks_it() => Check.Totality(Normalizer, Event(Approval()));
}
