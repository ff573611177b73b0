namespace ReleaseIntegrity.Tests.Normalisation.Change;

public sealed class PagerDutyTests() : ChangeEventTest("pagerduty")
{
    private static string Change(string id = "\"change_id\": \"CHG-7\", \"revision\": \"3\",") => $$"""
        {"routing_key": "0123456789abcdef0123456789abcdef", "payload": {"summary": "Promoted", "timestamp": "2026-03-22T09:00:00.315+0000", "source": "prod",
          "custom_details": { {{id}} "artifact_image": "registry.acme.test/shop/cart:4.2.1", "artifact_digest": "{{Digest}}", "approval": "approved"} },
         "links": [{"href": "https://ci.acme.test/1"}]}
        """;

    [Fact]
    public void A_change_event_states_its_artifact_in_its_details()
    {
        Observation observation = Check.Single(Normalizer, Event(Change()));

        Assert.Equal(new SourceRecord(Source.ChangeSnapshot, "pagerduty", RecordKind.ChangeRecord, "change-event/CHG-7"), observation.Record);
        Assert.Equal(new Revision("3", new DateTimeOffset(2026, 3, 22, 9, 0, 0, 315, TimeSpan.Zero)), observation.Revision);
        Assert.Equal(Approval.Approved, observation.Approval);
        Assert.Equal(
            $"""
            manifest-digest={Digest} /payload/custom_details/artifact_digest
            tag-to-digest={Digest} /payload/custom_details/artifact_digest
            repository=registry.acme.test/shop/cart /payload/custom_details/artifact_image
            approved-tuple=registry.acme.test/shop/cart:4.2.1@{Digest} /payload/custom_details/artifact_digest
            """.ReplaceLineEndings("\n"), observation.Lines());
    }

    [Fact]
    public void An_event_without_an_id_is_a_record_of_its_own()
    {
        Notification one = Event(Change(""));

        Assert.Equal($"change-event/{one.Sha256()}", Check.Single(Normalizer, one).Record.Id);
    }

    [Theory]
    [InlineData("""{"event": {"id": "1", "event_type": "incident.triggered", "data": {}}}""")]
    [InlineData("""{"messages": [{"event": "incident.trigger"}]}""")]
    [InlineData("""{"routing_key": "k", "event_action": "trigger", "payload": {"summary": "down"}}""")]
    [InlineData("""{"payload": {"summary": "s", "timestamp": "2026-03-22T09:00:00.315+0000"}}""")]
    public void What_is_no_change_or_names_no_artifact_is_irrelevant(string body) => Check.Single<NormalisedItem.Irrelevant>(Normalizer, Event(body));

    [Theory]
    [InlineData("\"change_id\": \"CHG-7\"", "\"change_id\": \"CHG-7\", \"change_id\": \"CHG-8\"")]
    [InlineData("\"revision\": \"3\"", "\"revision\": \"three\"")]
    [InlineData("+0000", "")]
    [InlineData("\"payload\"", "\"body\"")]
    public void A_malformed_or_ambiguous_identity_is_rejected(string from, string to) =>
        Check.Single<NormalisedItem.Rejected>(Normalizer, Event(Change().Replace(from, to, StringComparison.Ordinal)));

    [Fact]
    public void No_mutation_breaks_it() => Check.Totality(Normalizer, Event(Change()));
}
