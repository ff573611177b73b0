using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Formats;

/// <summary><c>gitea</c>: webhooks of Gitea and Forgejo ("Webhooks") about releases.</summary>
public sealed class GiteaNormalizer(FieldMapping mapping) : ChangeEventNormalizer(mapping, TimeFormats.Rfc3339)
{
    /// <inheritdoc/>
    public override string Format => "gitea";

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonOrForm;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        Node root = document.Root;
        if (root.HasDuplicate("release") || root.HasDuplicate("action"))
        {
            items.Reject(root["release"], "release and action may be stated only once");
        }
        else if (root["release"].Kind == NodeKind.Object)
        {
            Add(
                new MappedRecord(root),
                new Envelope
                {
                    Kind = "release",
                    Withdrawn = root["action"].String == "deleted",
                    MessageId = Delivery(items, "x-gitea-delivery", "x-forgejo-delivery"),
                },
                items);
        }
        else if (root["repository"].Exists || root["action"].Exists)
        {
            items.Add(new NormalisedItem.Irrelevant("an event that is no release"));
        }
        else
        {
            items.Reject(root, "not a webhook of Gitea: an object with release");
        }
    }
}
