using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Formats;

/// <summary>
/// <c>jira</c>: issue webhooks of Jira Cloud and Server (Atlassian, "Webhooks"), and issues as the REST API returns them
/// (bare, or a search page). Old servers send no <c>issue_event_type_name</c>, deletions neither; nothing here needs it.
/// </summary>
public sealed class JiraNormalizer : DocumentNormalizer, IMappedFormat
{
    private const int CodeVersion = 1;

    private const TimeFormats Calendar = TimeFormats.OffsetWithoutColon | TimeFormats.Rfc3339;

    private readonly FieldMapping _mapping;
    private readonly ChangeRecordReader _reader;

    /// <summary>Reads by a mapping.</summary>
    public JiraNormalizer(FieldMapping mapping)
    {
        _mapping = mapping;
        _reader = new ChangeRecordReader(mapping, new ChangeSystem(Calendar | TimeFormats.Spaced, "key"));
    }

    /// <inheritdoc/>
    public override Source Source => Source.ChangeSnapshot;

    /// <inheritdoc/>
    public override string Format => "jira";

    /// <inheritdoc/>
    public override int MappingVersion => ChangeSnapshotFormats.MappingVersion(CodeVersion, _mapping);

    ChangeRecordReader IMappedFormat.Reader => _reader;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        Node root = document.Root;
        string? named = root["webhookEvent"].Value;
        string? issueEvent = named?.StartsWith("jira:", StringComparison.Ordinal) == true ? named[5..] : named;
        if (root.HasDuplicate("webhookEvent") || root.HasDuplicate("issue"))
        {
            items.Reject(root, "webhookEvent and issue may be stated only once");
        }
        else if (issueEvent is null)
        {
            ReadWithoutEvent(root, items);
        }
        else if (issueEvent is "issue_created" or "issue_updated" or "issue_deleted")
        {
            Add(root["issue"], root, deleted: issueEvent == "issue_deleted", items);
        }
        else
        {
            items.Add(new NormalisedItem.Irrelevant(
                issueEvent.StartsWith("comment_", StringComparison.Ordinal)
                    ? "a comment event: it changes no field, and carries the issue in part or not at all"
                    : "an event that is not about an issue's fields"));
        }
    }

    private void ReadWithoutEvent(Node root, Items items)
    {
        if (root["issues"].Kind == NodeKind.Array)
        {
            foreach (Node issue in root["issues"].Items)
            {
                Add(issue, null, deleted: false, items);
            }

            if (items.Count == 0)
            {
                items.Add(new NormalisedItem.Irrelevant("a page without issues"));
            }
        }
        else if (root["issue"].Exists)
        {
            Add(root["issue"], root, deleted: false, items);
        }
        else if (root["fields"].Exists)
        {
            Add(root, null, deleted: false, items);
        }
        else
        {
            items.Reject(root, "neither a webhook (webhookEvent, issue) nor an issue (id, fields)");
        }
    }

    private void Add(Node issue, Node? webhook, bool deleted, Items items)
    {
        if (issue.Kind != NodeKind.Object)
        {
            items.Reject(issue, "an issue (an object) is wanted");
            return;
        }

        (Node, TimeFormats) updated = (issue["fields"]["updated"], Calendar);
        items.Notification.Headers.TryGetValue("x-atlassian-webhook-identifier", out string? identifier);
        items.Add(_reader.Read(
            new MappedRecord(issue),
            new Envelope
            {
                Counter = webhook?["changelog"]["id"],
                Times = webhook is null ? [updated] : [(webhook["timestamp"], TimeFormats.EpochMilliseconds), updated],
                Withdrawn = deleted,
                MessageId = webhook is null ? null : identifier,
            },
            items));
    }
}
