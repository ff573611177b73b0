using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>
/// <c>github-packages</c>: webhooks <c>package</c> and <c>registry_package</c> of GitHub ("Webhook events and payloads") about
/// container images. Their examples contradict themselves, so that nothing is taken which two members tell differently.
/// </summary>
public sealed class GitHubPackagesNormalizer : DocumentNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.ArtifactRegistry;

    /// <inheritdoc/>
    public override string Format => "github-packages";

    /// <inheritdoc/>
    public override int MappingVersion => 2;

    /// <inheritdoc/>
    protected override DocumentSyntax Syntax => DocumentSyntax.JsonOrForm;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        Node root = document.Root;
        Node package = root[root["registry_package"].Exists ? "registry_package" : "package"];
        Node version = package["package_version"];
        Node container = version["container_metadata"];
        NormalisedItem.Rejected? twice = RegistryMembers.FindDuplicate(root, "action", "package", "registry_package")
            ?? RegistryMembers.FindDuplicate(package, "name", "owner", "package_version", "package_type")
            ?? RegistryMembers.FindDuplicate(package["owner"], "login")
            ?? RegistryMembers.FindDuplicate(version, "id", "version", "name", "container_metadata", "package_url", "updated_at", "created_at")
            ?? RegistryMembers.FindDuplicate(container, "tag", "manifest")
            ?? RegistryMembers.FindDuplicate(container["tag"], "name", "digest")
            ?? RegistryMembers.FindDuplicate(container["manifest"], "digest", "media_type");
        items.Add(twice ?? Irrelevance(root, package, container) ?? ReadVersion(package, version, container, items));
    }

    private static NormalisedItem? Irrelevance(Node root, Node package, Node container)
    {
        if (package.Kind != NodeKind.Object)
        {
            return root["zen"].Exists
                ? new NormalisedItem.Irrelevant("a ping")
                : package.Reject("neither a package nor a registry_package event");
        }

        if (package["package_version"].Kind != NodeKind.Object)
        {
            return package["package_version"].Reject("package_version is missing");
        }

        // package_type and ecosystem alone prove nothing: examples of npm say docker, and the other way round.
        bool image = container.Kind == NodeKind.Object
            || package["package_type"].String?.ToUpperInvariant() is "CONTAINER" or "DOCKER";
        return !image ? new NormalisedItem.Irrelevant("a package that is no container image")
            : root["action"].String?.ToLowerInvariant() is "published" or "updated" or "create" or "created" ? null
            : root["action"].HasValue ? new NormalisedItem.Irrelevant("an action other than published and updated")
            : root["action"].Reject("action is missing");
    }

    private static NormalisedItem ReadVersion(Node package, Node version, Node container, Items items)
    {
        if (FindDigest(version, container, out Node digestNode, out Digest? digest) is { } noDigest)
        {
            return noDigest;
        }

        if (version["id"].HasValue && version["id"].Integer is null or ['-', ..])
        {
            return version["id"].Reject("id is not a whole number");
        }

        if (FindRepository(package, version["package_url"], out Node repository, out string? host, out string path) is { } noRepository)
        {
            return noRepository;
        }

        Node tag = FindTag(version, container, digest);
        DigestKind kind = ManifestMediaTypes.KindOf(container["manifest"]["media_type"].Value ?? "") ?? DigestKind.Unknown;
        items.Notification.Headers.TryGetValue("x-github-delivery", out string? delivery);
        return new RegistryEvent
        {
            DigestNode = digestNode,
            Digest = digest,
            Kind = kind is DigestKind.Index or DigestKind.Manifest ? kind : DigestKind.Unknown,
            Host = host,
            HostNode = version["package_url"],
            Repository = repository,
            Path = path,
            Tag = tag,
            // Zero times are common here and mean absent.
            Time = Times.Read(version["updated_at"], TimeFormats.Rfc3339).Presence == Presence.Value ? version["updated_at"] : version["created_at"],
            Counter = version["id"].Integer,
            MessageId = delivery,
            Pointer = package.Pointer,
        }.ToItem(items);
    }

    /// <summary>Every member that states a digest states the same one, or none is believed.</summary>
    private static NormalisedItem.Rejected? FindDigest(Node version, Node container, out Node node, out Digest? digest)
    {
        digest = null;
        node = version["no digest"];
        foreach (Node stated in (ReadOnlySpan<Node>)[version["version"], version["name"], container["tag"]["digest"], container["manifest"]["digest"]])
        {
            bool isVersion = stated.Name is "version" or "name";
            if (!stated.HasValue || (isVersion && stated.Text?.StartsWith("sha", StringComparison.Ordinal) != true)
                || (isVersion && !stated.Text!.Contains(':', StringComparison.Ordinal)))
            {
                continue;
            }

            if (!Digest.TryParse(stated.Text, out Digest parsed))
            {
                return stated.Reject(RegistryMembers.NotADigest);
            }

            if (digest is not null && digest != parsed)
            {
                return stated.Reject("digest is not the one that the version states");
            }

            (node, digest) = digest is null ? (stated, parsed) : (node, digest);
        }

        return null;
    }

    /// <summary>The container's tag; where it has none, a version that is no digest is the tag (older shapes).</summary>
    private static Node FindTag(Node version, Node container, Digest? digest) =>
        container["tag"]["name"].HasValue || digest is not null ? container["tag"]["name"]
        : version["version"].HasValue ? version["version"]
        : version["name"];

    /// <summary>
    /// <c>package_url</c> is what one pulls; without it owner and name. GitHub keeps upper case in both and serves them in
    /// lower case, as OCI wants it.
    /// </summary>
    private static NormalisedItem.Rejected? FindRepository(Node package, Node url, out Node node, out string? host, out string path)
    {
        node = url;
        host = "ghcr.io";
        path = "";
        if (url.String is { Length: > 0 } stated)
        {
            string reference = stated[(stated.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0)..].ToLowerInvariant();
            int at = reference.IndexOf('@', StringComparison.Ordinal);
            reference = at < 0 ? reference : reference[..at];
            int colon = reference.LastIndexOf(':');
            reference = colon > reference.LastIndexOf('/') ? reference[..colon] : reference;
            int slash = reference.IndexOf('/', StringComparison.Ordinal);
            (host, path) = slash < 0 ? (null, "") : (reference[..slash], reference[(slash + 1)..]);
            return slash < 0 ? url.Reject("package_url names no repository") : null;
        }

        node = package["name"];
        if (package["owner"]["login"].String is not { Length: > 0 } owner || package["name"].String is not { Length: > 0 } name)
        {
            return package[package["name"].HasValue ? "owner" : "name"].Reject("owner and name are missing, and package_url too");
        }

        path = $"{owner}/{name}".ToLowerInvariant();
        return null;
    }
}
