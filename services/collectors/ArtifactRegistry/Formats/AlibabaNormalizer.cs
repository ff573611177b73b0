using System.Text.RegularExpressions;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>
/// <c>aliyun-acr</c>: triggers of Alibaba Cloud Container Registry ("Manage triggers"): one push each, with digest, tag and a
/// time without a zone.
/// </summary>
public sealed partial class AlibabaNormalizer : DocumentNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.ArtifactRegistry;

    /// <inheritdoc/>
    public override string Format => "aliyun-acr";

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        Node root = document.Root;
        Node push = root["push_data"];
        Node repository = root["repository"];
        NormalisedItem.Rejected? twice = RegistryMembers.FindDuplicate(root, "push_data", "repository")
            ?? RegistryMembers.FindDuplicate(push, "digest", "tag", "pushed_at")
            ?? RegistryMembers.FindDuplicate(repository, "repo_full_name", "namespace", "name", "region");
        if (twice is not null)
        {
            items.Add(twice);
            return;
        }

        if (push.Kind != NodeKind.Object || repository.Kind != NodeKind.Object)
        {
            items.Reject(root, "not a trigger of Alibaba Cloud: an object with push_data and repository");
            return;
        }

        bool inParts = !repository["repo_full_name"].HasValue && repository["namespace"].HasValue;
        items.Add(new RegistryEvent
        {
            DigestNode = push["digest"],
            Host = repository["region"].String is { } region && Region().IsMatch(region) ? $"registry.{region}.aliyuncs.com" : null,
            HostNode = repository["region"],
            Repository = inParts ? repository["name"] : repository["repo_full_name"],
            Path = inParts ? $"{repository["namespace"].String}/{repository["name"].String}" : null,
            Tag = push["tag"],
            Time = push["pushed_at"],
            TimeFormats = TimeFormats.Spaced | TimeFormats.Rfc3339,
            Pointer = root.Pointer,
        }.ToItem(items));
    }

    [GeneratedRegex("^[a-z]{2}-[a-z0-9-]{2,30}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Region();
}
