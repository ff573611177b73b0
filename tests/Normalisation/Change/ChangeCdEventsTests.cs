namespace ReleaseIntegrity.Tests.Normalisation.Change;

public sealed class ChangeCdEventsTests() : ChangeEventTest("cdevents")
{
    private static string Approval(string kind = "approval.closed", string decision = "approved") => $$"""
        {"context": {"specversion": "0.6.0-draft", "id": "e-1", "source": "https://bus.acme.test/main", "type": "dev.cdevents.{{kind}}.0.1.0", "timestamp": "2026-03-22T09:00:00Z"},
         "subject": {"id": "A-7", "source": "https://approvals.acme.test/x", "content": {"decision": "{{decision}}", "status": "closed"} },
         "customData": {"artifact_image": "pkg:oci/cart?repository_url=registry.acme.test/shop/cart&tag=4.2.1", "artifact_digest": "{{Digest}}"} }
        """;

    [Fact]
    public void An_approval_states_its_artifact_in_custom_data()
    {
        Observation observation = Check.Single(Normalizer, Event(Approval()));

        Assert.Equal(new SourceRecord(Source.ChangeSnapshot, "approvals.acme.test", RecordKind.ChangeRecord, "approval/A-7"), observation.Record);
        Assert.Equal((Contracts.Approval.Approved, "https://bus.acme.test/main e-1"), (observation.Approval, observation.MessageId));
        Assert.Equal(
            $"""
            manifest-digest={Digest} /customData/artifact_digest
            tag-to-digest={Digest} /customData/artifact_digest
            repository=registry.acme.test/shop/cart /customData/artifact_image
            approved-tuple=registry.acme.test/shop/cart:4.2.1@{Digest} /customData/artifact_digest
            reviewer-state=closed /subject/content/status
            """.ReplaceLineEndings("\n"), observation.Lines());
    }

    [Theory]
    [InlineData("denied", Contracts.Approval.Rejected)]
    [InlineData("waiting", Contracts.Approval.Pending)]
    public void The_decision_decides(string decision, Contracts.Approval approval) =>
        Assert.Equal(approval, Check.Single(Normalizer, Event(Approval(decision: decision))).Approval);

    [Fact]
    public void An_abandoned_change_is_withdrawn() => Assert.True(Check.Single(Normalizer, Event(Approval("change.abandoned"))).Withdrawn);

    [Theory]
    [InlineData("service.deployed")]
    [InlineData("artifact.published")]
    public void Other_subjects_are_irrelevant(string kind) => Check.Single<NormalisedItem.Irrelevant>(Normalizer, Event(Approval(kind)));

    [Theory]
    [InlineData("\"id\": \"A-7\"", "\"id\": \"A-7\", \"id\": \"A-8\"")]
    [InlineData("\"id\": \"A-7\"", "\"name\": \"A-7\"")]
    [InlineData("T09:00:00Z", "")]
    public void A_malformed_or_ambiguous_identity_is_rejected(string from, string to) =>
        Check.Single<NormalisedItem.Rejected>(Normalizer, Event(Approval().Replace(from, to, StringComparison.Ordinal)));

    [Fact]
    public void No_mutation_breaks_it() => Check.Totality(Normalizer, Event(Approval()));
}
