using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>
/// <c>docker-hub</c>: webhooks of Docker Hub ("Webhooks"). They name a tag and no digest, so that each can only ask for the
/// tag to be read again: what it leads to then was resolved then, and not when it was pushed.
/// </summary>
public sealed class DockerHubNormalizer : DocumentNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.ArtifactRegistry;

    /// <inheritdoc/>
    public override string Format => "docker-hub";

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        Node root = document.Root;
        Node repository = root["repository"];
        NormalisedItem.Rejected? twice = RegistryMembers.FindDuplicate(root, "push_data", "repository")
            ?? RegistryMembers.FindDuplicate(root["push_data"], "tag")
            ?? RegistryMembers.FindDuplicate(repository, "repo_name", "namespace", "name");
        if (twice is not null)
        {
            items.Add(twice);
            return;
        }

        bool whole = repository["repo_name"].HasValue;
        bool official = !repository["namespace"].HasValue;
        items.Add(new RegistryEvent
        {
            DigestNode = root["push_data"]["digest"],
            Host = ImageReference.DefaultRegistry,
            HostNode = root,
            Repository = repository[whole ? "repo_name" : "name"],
            Path = whole || official ? null : $"{repository["namespace"].String}/{repository["name"].String}",
            Tag = root["push_data"]["tag"],
            // It orders nothing: a hint is no revision.
            Time = root["no time"],
            Pointer = root.Pointer,
        }.ToItem(items));
    }
}
