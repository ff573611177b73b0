using ReleaseIntegrity.Collectors.ChangeSnapshot;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Formats;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;

namespace ReleaseIntegrity.Tests.Normalisation.Change;

public sealed class JiraTests
{
    private const string Mapping = """
        format: jira
        version: 4
        image: {registry: fields.customfield_1, repository: fields.customfield_2, tag: fields.customfield_3}
        digest: fields.customfield_4
        fields:
          approval-time: fields.customfield_5
          exception-bindings: fields.customfield_6[*].value
          release-window: fields.issuelinks[?type.name=='Window'].outwardIssue.key | [0]
        """;

    private static readonly JiraNormalizer Normalizer = new(FieldMappings.Default.With(Mapping, "jira-acme.yaml")["jira"]);

    private static readonly string Digest = Make.Digest('b');

    private static readonly string Issue = $$"""
        {"id":"10509","key":"REL-22","self":"https://Acme.atlassian.net/rest/api/2/issue/10509","fields":{
          "status":{"name":"Awaiting implementation","id":"3"}, "updated":"2026-03-22T03:15:30.120-0700",
          "fixVersions":[{"name":"rel-2026.03.22.4","id":"1"}],
          "issuelinks":[{"type":{"name":"Blocks"},"outwardIssue":{"key":"REL-1"} },{"type":{"name":"Window"},"outwardIssue":{"key":"RW-112"} }],
          "customfield_1":"registry.example", "customfield_2":"payments/api", "customfield_3":"rel-2026.03.22.4", "customfield_4":"{{Digest}}",
          "customfield_5":"2026-03-20T01:00:00.000-0700", "customfield_6":[{"value":"EXC-9","id":"1"},{"value":"EXC-10","id":"2"}] } }
        """;

    private static Notification Webhook(string body, string? instance = null) => Make.Json(
        body, Source.ChangeSnapshot, "jira", instance, new() { ["x-atlassian-webhook-identifier"] = "hook-1" });

    private static string Updated(string issue, string rest = "") =>
        $$"""{"timestamp":1774174531789,"webhookEvent":"jira:issue_updated","issue":{{issue}},"changelog":{"id":"11627","items":[{"field":"a","from":null,"toString":"x"},{"field":"a","toString":"y"}]}{{rest}}}""";

    [Fact]
    public void An_update_states_what_the_mapping_leads_to()
    {
        Observation observation = Check.Single(Normalizer, Webhook(Updated(Issue)));

        Assert.Equal(new SourceRecord(Source.ChangeSnapshot, "acme.atlassian.net", RecordKind.ChangeRecord, "10509"), observation.Record);
        Assert.Equal(new Revision("11627", DateTimeOffset.FromUnixTimeMilliseconds(1774174531789)), observation.Revision);
        Assert.Equal((Approval.Approved, "hook-1", "/issue", false), (observation.Approval, observation.MessageId, observation.RecordPointer, observation.Withdrawn));
        Assert.Equal(1004, Normalizer.MappingVersion);
        Assert.Equal(
            $"""
            manifest-digest={Digest} /issue/fields/customfield_4
            tag-to-digest={Digest} /issue/fields/customfield_4
            repository=registry.example/payments/api /issue/fields/customfield_2
            release-train=rel-2026.03.22.4 /issue/fields/fixVersions/0/name
            release-window=RW-112 /issue/fields/issuelinks/1/outwardIssue/key
            exception-bindings=EXC-10,EXC-9 /issue/fields/customfield_6
            approved-tuple=registry.example/payments/api:rel-2026.03.22.4@{Digest} /issue/fields/customfield_4
            approval-time=2026-03-20T08:00:00Z /issue/fields/customfield_5
            reviewer-state=Awaiting implementation /issue/fields/status/name
            """,
            observation.Lines());
    }

    [Fact]
    public void Several_fix_versions_are_no_release_train()
    {
        string issue = Issue.Replace("""[{"name":"rel-2026.03.22.4","id":"1"}]""", """[{"name":"rel-1"},{"name":"rel-2"}]""", StringComparison.Ordinal);

        FieldReading train = Check.Single(Normalizer, Webhook(Updated(issue))).Reading(Field.ReleaseTrain);

        Assert.Contains("several nodes", train.Unreadable, StringComparison.Ordinal);
        Assert.Equal("/issue/fields/fixVersions", train.Place.Pointer);
    }

    [Fact]
    public void An_empty_list_is_an_explicit_nothing_and_an_absent_one_says_nothing()
    {
        string empty = Issue.Replace("""[{"name":"rel-2026.03.22.4","id":"1"}]""", "[]", StringComparison.Ordinal)
            .Replace("customfield_6", "customfield_7", StringComparison.Ordinal);

        Observation observation = Check.Single(Normalizer, Webhook(Updated(empty)));

        Assert.Equal("release-train= /issue/fields/fixVersions", observation.Lines().Split('\n')[3]);
        Assert.DoesNotContain(observation.Fields, f => f.Field == Field.ExceptionBindings);
    }

    [Fact]
    public void Without_a_changelog_the_time_orders()
    {
        string created = Updated(Issue).Replace("jira:issue_updated", "jira:issue_created", StringComparison.Ordinal);
        created = created[..created.IndexOf(",\"changelog\"", StringComparison.Ordinal)] + "}";

        Assert.Equal(new Revision(null, DateTimeOffset.FromUnixTimeMilliseconds(1774174531789)), Check.Single(Normalizer, Webhook(created)).Revision);
        Assert.Equal(
            new Revision(null, new DateTimeOffset(2026, 3, 22, 10, 15, 30, 120, TimeSpan.Zero)),
            Check.Single(Normalizer, Webhook($$"""{"issue":{{Issue}}}""")).Revision);
    }

    [Fact]
    public void A_deletion_withdraws()
    {
        string deleted = Updated(Issue).Replace("jira:issue_updated", "jira:issue_deleted", StringComparison.Ordinal);

        Assert.True(Check.Single(Normalizer, Webhook(deleted)).Withdrawn);
    }

    [Fact]
    public void Issues_of_the_REST_API_read_like_those_of_webhooks()
    {
        Observation bare = Check.Single(Normalizer, Webhook(Issue));
        IReadOnlyList<NormalisedItem> page = Check.Items(Normalizer, Webhook($$"""{"startAt":0,"issues":[{{Issue}},{{Issue}}]}"""));

        Assert.Null(bare.MessageId);
        Assert.Null(bare.Revision.Counter);
        Assert.Equal(2, page.Count);
        Assert.Equal("/issues/1", Assert.IsType<NormalisedItem.Observed>(page[1]).Observation.RecordPointer);
    }

    [Theory]
    [InlineData("Approved", Approval.Approved)]
    [InlineData("completed", Approval.Approved)]
    [InlineData("Declined", Approval.Rejected)]
    [InlineData("Cancelled", Approval.Cancelled)]
    [InlineData("In Progress", Approval.Pending)]
    public void The_status_tells_the_approval(string status, Approval expected) =>
        Assert.Equal(expected, Check.Single(Normalizer, Webhook(Updated(Issue.Replace("Awaiting implementation", status, StringComparison.Ordinal)))).Approval);

    [Theory]
    [InlineData("""{"webhookEvent":"comment_created","comment":{"id":"1"}}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"webhookEvent":"comment_deleted","issue":{"id":"1","fields":{"summary":"s"}}}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"webhookEvent":"worklog_updated","worklog":{}}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"webhookEvent":"jira:version_released","version":{}}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"issues":[]}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"webhookEvent":"jira:issue_updated","issue":{"id":"1","fields":{}}}""", typeof(NormalisedItem.Irrelevant))]
    [InlineData("""{"webhookEvent":"jira:issue_updated"}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"webhookEvent":"jira:issue_updated","issue":[]}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"webhookEvent":"jira:issue_updated","issue":{"key":"A-1","fields":{}}}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"webhookEvent":"jira:issue_updated","webhookEvent":"comment_created","issue":{"id":"1"}}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"webhookEvent":"jira:issue_updated","timestamp":"soon","issue":{"id":"1","fields":{}}}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"webhookEvent":"jira:issue_updated","changelog":{"id":"x"},"issue":{"id":"1","fields":{}}}""", typeof(NormalisedItem.Rejected))]
    [InlineData("""{"toString":"x"}""", typeof(NormalisedItem.Rejected))]
    public void What_can_not_become_evidence_says_why(string body, Type expected) =>
        Assert.IsType(expected, Assert.Single(Check.Items(Normalizer, Webhook(body))));

    [Fact]
    public void Without_a_mapping_no_issue_names_an_artifact_and_the_reason_says_so()
    {
        var item = Check.Single<NormalisedItem.Irrelevant>(new JiraNormalizer(FieldMappings.Default["jira"]), Webhook(Updated(Issue)));

        Assert.Contains("mapping", item.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void No_mutation_makes_it_throw() => Check.Totality(Normalizer, Webhook(Updated(Issue)));
}
