using ReleaseIntegrity.Collectors.ChangeSnapshot;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Formats;
using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;

namespace ReleaseIntegrity.Tests.Normalisation.Change;

/// <summary>Published payloads: none of them names an artifact by default, and every malformed one says where it breaks.</summary>
public sealed class ChangeSampleTests
{
    private static readonly Dictionary<string, INormalizer> Normalizers =
        ChangeSnapshotFormats.All(FieldMappings.Default).ToDictionary(n => n.Format);

    // File, outcome, and the start of the reason.
    private static readonly Dictionary<string, (Type Outcome, string Reason)> Expected = new()
    {
        ["servicenow/doc-chg-conflict.MALFORMED.txt"] = (typeof(NormalisedItem.Rejected), "not JSON: line 2, column 3:"),
        ["servicenow/doc-chg-emergency-fragment.MALFORMED.txt"] = (typeof(NormalisedItem.Rejected), "not JSON: line 2, column 3:"),
        ["servicenow/doc-chg-nextstates.MALFORMED.json"] = (typeof(NormalisedItem.Rejected), "not JSON: line "),
        ["servicenow/doc-chg-post-response.MALFORMED.json"] = (typeof(NormalisedItem.Rejected), "not JSON: line 3, column "),
        ["servicenow/doc-chg-rest-get.json"] = (typeof(NormalisedItem.Irrelevant), "names no artifact"),
        ["servicenow/doc-table-get-incident.json"] = (typeof(NormalisedItem.Irrelevant), "names no artifact"),
        ["jira/webhook-cloud-comment-deleted.json"] = (typeof(NormalisedItem.Irrelevant), "a comment event"),
        ["jira/webhook-cloud-issue-created-many-fields.json"] = (typeof(NormalisedItem.Irrelevant), "names no artifact"),
        ["jira/webhook-cloud-issue-updated-custom-field.json"] = (typeof(NormalisedItem.Irrelevant), "names no artifact"),
        ["jira/webhook-issue-updated-fix-version.json"] = (typeof(NormalisedItem.Irrelevant), "names no artifact"),
        ["jira/webhook-issue-updated-multiple-values.json"] = (typeof(NormalisedItem.Irrelevant), "names no artifact"),
        ["jira/webhook-issue-updated-reopened.json"] = (typeof(NormalisedItem.Irrelevant), "names no artifact"),
        ["jira/webhook-issue-updated-resolved.json"] = (typeof(NormalisedItem.Irrelevant), "names no artifact"),
        ["jira/webhook-issue-updated-started-working.json"] = (typeof(NormalisedItem.Irrelevant), "names no artifact"),
        ["jira/webhook-server-old-issue-updated-no-event-type-edited.json"] = (typeof(NormalisedItem.Irrelevant), "names no artifact"),
    };

    [Fact]
    public void Every_sample_ends_as_expected()
    {
        var seen = new HashSet<string>();
        foreach (string file in new[] { "servicenow", "jira" }.SelectMany(format => Samples.Files($"change-management/{format}")))
        {
            string name = file["change-management/".Length..];
            Assert.True(Expected.TryGetValue(name, out (Type Outcome, string Reason) expected), $"no expectation for {name}");
            INormalizer normalizer = Normalizers[name.Split('/')[0]];
            NormalisedItem item = Assert.Single(Check.Items(normalizer, Samples.Notification(file, Source.ChangeSnapshot, normalizer.Format)));
            Assert.IsType(expected.Outcome, item);
            string reason = item is NormalisedItem.Rejected(var rejected, _) ? rejected : ((NormalisedItem.Irrelevant)item).Reason;
            Assert.StartsWith(expected.Reason, reason, StringComparison.Ordinal);
            Assert.Equal(name.Contains("MALFORMED", StringComparison.Ordinal), item is NormalisedItem.Rejected);
            seen.Add(name);
        }

        Assert.Equal(Expected.Keys.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Real_records_read_in_full_once_a_mapping_leads_to_an_artifact()
    {
        FieldMappings mappings = FieldMappings.Default
            .With("format: servicenow\nversion: 1\nimage: {registry: phase, repository: type, tag: phase}\n", "snow.yaml")
            .With("format: jira\nversion: 1\nimage: {repository: fields.project.id, tag: key}\nfields: {approval-time: fields.updated, exception-bindings: fields.labels}\n", "jira.yaml");

        Observation change = Check.Single(new ServiceNowNormalizer(mappings["servicenow"]), Samples.Notification(
            "change-management/servicenow/doc-chg-rest-get.json", Source.ChangeSnapshot, "servicenow"));
        Assert.Equal(new Revision("10", new DateTimeOffset(2015, 7, 6, 18, 59, 27, TimeSpan.Zero)), change.Revision);
        Assert.Equal(("1766f1de47410200e90d87e8dee490f6", Approval.Approved), (change.Record.Id, change.Approval));
        Assert.Equal(("3", "3.0"), (change.Reading(Field.ReviewerState).Single, change.Reading(Field.ReviewerState).Raw));

        Observation issue = Check.Single(new JiraNormalizer(mappings["jira"]), Samples.Notification(
            "change-management/jira/webhook-cloud-issue-created-many-fields.json", Source.ChangeSnapshot, "jira"));
        Assert.Equal(("mmtest.atlassian.net", "10509"), (issue.Record.Instance, issue.Record.Id));
        Assert.Equal(new Revision("11627", DateTimeOffset.FromUnixTimeMilliseconds(1566935004475)), issue.Revision);
        Assert.Equal("2019-08-27T19:43:24.193Z", issue.Reading(Field.ApprovalTime).Single);
        Assert.Equal(["Label1", "Label2"], issue.Reading(Field.ExceptionBindings).Values);
        Assert.NotNull(issue.Reading(Field.ReleaseTrain).Unreadable);
    }
}
