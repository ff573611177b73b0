using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Formats;

/// <summary>
/// <c>pagerduty</c>: change events as they are sent to PagerDuty (Events API v2, "Send Change Events"), forwarded:
/// <c>{payload{summary, timestamp, source, custom_details}, links}</c>. They have no id: where the mapping leads to none, the event is
/// a record of its own. Webhooks of PagerDuty (v3) are about incidents.
/// </summary>
public sealed class PagerDutyNormalizer(FieldMapping mapping)
    : ChangeEventNormalizer(mapping, TimeFormats.OffsetWithoutColon | TimeFormats.Rfc3339)
{
    /// <inheritdoc/>
    public override string Format => "pagerduty";

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        Node root = document.Root;
        if (root.HasDuplicate("payload") || root["payload"].HasDuplicate("custom_details"))
        {
            items.Reject(root["payload"], "payload and custom_details may be stated only once");
        }
        else if (root["event"].Kind == NodeKind.Object || root["messages"].Kind == NodeKind.Array)
        {
            items.Add(new NormalisedItem.Irrelevant("a webhook about an incident or a service, which is no change"));
        }
        else if (root["payload"].Kind != NodeKind.Object)
        {
            items.Reject(root["payload"], "payload is missing: not a change event of PagerDuty");
        }
        else if (root["event_action"].Exists)
        {
            items.Add(new NormalisedItem.Irrelevant("an alert, which is no change"));
        }
        else
        {
            Add(new MappedRecord(root), new Envelope { Kind = "change-event", FallbackId = document.Body.Sha256() }, items);
        }
    }
}
