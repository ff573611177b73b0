using ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Formats;

/// <summary>
/// <c>azure-devops</c>: service hooks of Azure DevOps ("Service hooks events"): <c>{id, eventType, resource, createdDate}</c> about
/// work items, releases with their approvals, pull requests, pipeline runs and builds.
/// </summary>
public sealed class AzureDevOpsNormalizer(FieldMapping mapping) : ChangeEventNormalizer(mapping, TimeFormats.Rfc3339)
{
    private static readonly (string Prefix, string Kind)[] Kinds =
    [
        ("workitem.", "work-item"),
        ("git.pullrequest.", "pull-request"),
        ("ms.vss-release.", "release"),
        ("ms.azure-devops-release.", "release"),
        ("ms.vss-pipelines.", "run"),
        ("ms.vss-pipelinechecks", "run"),
        ("build.", "build"),
    ];

    /// <inheritdoc/>
    public override string Format => "azure-devops";

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        Node root = document.Root;
        Node type = root["eventType"];
        if (root.HasDuplicate("eventType") || root.HasDuplicate("resource"))
        {
            items.Reject(type, "eventType and resource may be stated only once");
        }
        else if (type.String is not { Length: > 0 } name)
        {
            items.Reject(type, "eventType is missing: not a service hook of Azure DevOps");
        }
        else if (Array.Find(Kinds, k => name.StartsWith(k.Prefix, StringComparison.OrdinalIgnoreCase)) is not { Kind: { } kind })
        {
            items.Add(new NormalisedItem.Irrelevant("an event that is no work item, release, pull request, pipeline run or build"));
        }
        else if (root["resource"].Kind != NodeKind.Object)
        {
            items.Reject(root["resource"], "resource must be the thing that the event is about");
        }
        else
        {
            Add(
                new MappedRecord(root),
                new Envelope { Kind = kind, Withdrawn = name.Equals("workitem.deleted", StringComparison.OrdinalIgnoreCase), MessageId = root["id"].Value },
                items);
        }
    }
}
