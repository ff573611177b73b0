using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Formats;

/// <summary>
/// <c>gitlab</c>: webhooks of GitLab ("Webhook events") about deployments, releases, merge requests and pipelines, told apart
/// by <c>object_kind</c>. Times are <c>yyyy-MM-dd HH:mm:ss +0200</c>, the same with <c>UTC</c>, or RFC 3339.
/// </summary>
public sealed class GitLabNormalizer(FieldMapping mapping)
    : ChangeEventNormalizer(mapping, TimeFormats.Rfc3339 | TimeFormats.OffsetWithoutColon | TimeFormats.SpacedOffset | TimeFormats.SpacedUtc)
{
    /// <inheritdoc/>
    public override string Format => "gitlab";

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        Node root = document.Root;
        Node kind = root["object_kind"];
        if (root.HasDuplicate("object_kind") || root.HasDuplicate("object_attributes"))
        {
            items.Reject(kind, "object_kind and object_attributes may be stated only once");
        }
        else if (kind.String is not { Length: > 0 } name)
        {
            items.Add(root["event_name"].Exists
                ? new NormalisedItem.Irrelevant("a system hook")
                : kind.Reject("object_kind is missing: not a webhook of GitLab"));
        }
        else if (name is "deployment" or "release" or "merge_request" or "pipeline")
        {
            Add(
                new MappedRecord(root),
                new Envelope
                {
                    Kind = name.Replace('_', '-'),
                    Withdrawn = name == "release" && root["action"].String == "delete",
                    MessageId = Delivery(items, "idempotency-key", "webhook-id", "x-gitlab-event-uuid"),
                },
                items);
        }
        else
        {
            items.Add(new NormalisedItem.Irrelevant("an event that is no deployment, release, merge request or pipeline"));
        }
    }
}
