using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.Formats;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Formats;

/// <summary>
/// <c>github</c>: webhooks <c>deployment</c>, <c>deployment_status</c>, <c>deployment_protection_rule</c>, <c>deployment_review</c> and <c>release</c> (GitHub,
/// "Webhook events and payloads"). A status is a revision of its deployment. <c>sha</c> is a commit and never a digest: what is
/// deployed, a deployment's own <c>payload</c> says, which may be an object or its text.
/// </summary>
public sealed class GitHubNormalizer(FieldMapping mapping) : ChangeEventNormalizer(mapping, TimeFormats.Rfc3339)
{
    /// <inheritdoc/>
    public override string Format => "github";

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonOrForm;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        Node root = document.Root;
        string? name = items.Notification.Headers.GetValueOrDefault("x-github-event") ?? NameOf(root);
        (string kind, string member)? about = name switch
        {
            "deployment" or "deployment_status" or "deployment_protection_rule" => ("deployment", "deployment"),
            "deployment_review" => ("workflow-run", "workflow_run"),
            "release" => ("release", "release"),
            _ => null,
        };
        if (name is null)
        {
            items.Reject(root, "not a webhook of GitHub about a deployment, its review or a release");
        }
        else if (about is not { } thing)
        {
            items.Add(new Contracts.NormalisedItem.Irrelevant("an event that is no deployment, no review of one and no release"));
        }
        else if (root[thing.member].Kind != NodeKind.Object || root.HasDuplicate(thing.member) || root.HasDuplicate("action") || root.HasDuplicate("deployment_status"))
        {
            items.Reject(root[thing.member], $"{thing.member} must be stated once, and action and status too");
        }
        else
        {
            Add(
                new MappedRecord(root) { TextOfJson = "/deployment/payload" },
                new Envelope
                {
                    Kind = thing.kind,
                    Withdrawn = thing.kind == "release" && root["action"].String is "deleted" or "unpublished",
                    MessageId = Delivery(items, "x-github-delivery"),
                },
                items);
        }
    }

    /// <summary>The event's name where the header that says it is missing (files, queues); null for no webhook at all.</summary>
    private static string? NameOf(Node root) =>
        root["deployment_callback_url"].Exists ? "deployment_protection_rule"
        : root["deployment_status"].Exists ? "deployment_status"
        : root["deployment"].Exists ? "deployment"
        : root["release"].Exists ? "release"
        : root["workflow_run"].Exists && root["environment"].Exists ? "deployment_review"
        : root["action"].Exists || root["repository"].Exists || root["hook"].Exists ? "another"
        : null;
}
