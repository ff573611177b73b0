using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>
/// <c>quay</c>: notifications of Quay ("Repository notifications", <c>repo_push</c>), one item per updated tag. They name
/// no digest, so that each can only ask for the tag to be read again.
/// </summary>
public sealed class QuayNormalizer : DocumentNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.ArtifactRegistry;

    /// <inheritdoc/>
    public override string Format => "quay";

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        Node root = document.Root;
        if (RegistryMembers.FindDuplicate(root, "repository", "namespace", "name", "docker_url", "updated_tags") is { } twice)
        {
            items.Add(twice);
            return;
        }

        Node tags = root["updated_tags"];
        if (tags.Kind is not (NodeKind.Array or NodeKind.Object))
        {
            items.Add(tags.Exists || !root["repository"].Exists
                ? tags.Reject("updated_tags must be a list of tags, or an object of them")
                : new NormalisedItem.Irrelevant("a notification of Quay that is no push: it names no updated tags"));
            return;
        }

        string? host = RegistryHost.Canonical(items.Notification.Instance)
            ?? RegistryHost.Canonical(root["docker_url"].Value)
            ?? RegistryHost.Canonical(root["homepage"].Value);
        if (host is null)
        {
            items.Reject(root["docker_url"], RegistryMembers.NoHost);
            return;
        }

        bool whole = root["repository"].HasValue;
        string? path = whole ? root["repository"].String : $"{root["namespace"].String}/{root["name"].String}";
        if (!ImageReference.IsRepository(path))
        {
            items.Reject(root[whole ? "repository" : "name"], "repository is not an OCI repository name (lower case, separators between alphanumerics)");
            return;
        }

        var image = new ImageReference(host, path!, null);
        // Until 2013 an object: each tag with the id of its image, which is no digest.
        foreach (Node tag in tags.Kind == NodeKind.Array ? tags.Items : tags.Members)
        {
            string? text = tags.Kind == NodeKind.Array ? tag.String : tag.Name;
            items.Add(ImageReference.IsTag(text)
                ? new NormalisedItem.Hint("a push that states no digest", host, (image with { Tag = text }).ToString())
                : tag.Reject("tag is not an OCI tag (at most 128 of [A-Za-z0-9_.-])"));
        }

        if (items.Count == 0)
        {
            items.Add(new NormalisedItem.Hint("a push that states neither digest nor tag", host, image.ToString()));
        }
    }
}
