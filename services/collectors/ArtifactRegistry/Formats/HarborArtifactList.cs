using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>
/// The answer of <c>GET /api/v2.0/projects/{p}/repositories/{r}/artifacts</c>, which a resync reads, or of one of them by itself: each tag of each
/// artifact is one item, an untagged artifact is one of its own. The answer does not say whose artifacts they are: the
/// address does (header <c>content-location</c>, RFC 9110 section 8.7), or the links that some answers have.
/// </summary>
internal static class HarborArtifactList
{
    private const string ContentLocation = "content-location";

    public static void Read(SourceDocument document, Items items)
    {
        foreach (Node artifact in document.Root.Kind == NodeKind.Array ? document.Root.Items : [document.Root])
        {
            ReadArtifact(document, artifact, items);
        }
    }

    private static void ReadArtifact(SourceDocument document, Node artifact, Items items)
    {
        Node digestNode = artifact["digest"];
        if (RegistryMembers.FindDuplicate(artifact, "digest", "tags", "push_time", "manifest_media_type") is { } twice)
        {
            items.Add(twice);
            return;
        }

        if (!Digest.TryParse(digestNode.Text, out Digest digest))
        {
            items.Reject(digestNode, digestNode.HasValue ? RegistryMembers.NotADigest : "digest is missing");
            return;
        }

        Node address = document.Headers[ContentLocation] is { HasValue: true } stated ? stated : Link(artifact);
        string? repository = RepositoryIn(address.Value);
        string? host = RegistryHost.Canonical(items.Notification.Instance)
            ?? (address.Value?.Contains("://", StringComparison.Ordinal) == true ? RegistryHost.Canonical(address.Value) : null);
        if (repository is null || host is null)
        {
            items.Reject(artifact, repository is null
                ? "an artifact list that does not say of which repository: send it with a content-location header"
                : RegistryMembers.NoHost);
            return;
        }

        var fact = new RegistryFact
        {
            Image = new ImageReference(host, repository, null),
            Repository = address,
            Tag = artifact["no tag"],
            Digest = digest,
            DigestNode = digestNode,
            Kind = ManifestMediaTypes.KindOf(artifact["manifest_media_type"].Value ?? "") ?? DigestKind.Unknown,
            Time = artifact["push_time"],
            Children = Children(artifact["references"]),
            RecordPointer = artifact.Pointer,
        };
        IReadOnlyList<Node> tags = artifact["tags"].Items;
        string[] all = [.. tags.Select(t => t["name"].String).OfType<string>().Where(ImageReference.IsTag)];
        foreach (Node tag in tags)
        {
            items.Add(ImageReference.IsTag(tag["name"].String)
                ? Observe(items, fact with
                {
                    Image = fact.Image with { Tag = tag["name"].String },
                    Tag = tag["name"],
                    AllTags = (artifact["tags"], all),
                    Time = tag["push_time"],
                    RecordPointer = tag.Pointer,
                })
                : tag["name"].Reject("name is not an OCI tag (at most 128 of [A-Za-z0-9_.-])"));
        }

        if (tags.Count == 0)
        {
            items.Add(Observe(items, fact));
        }
    }

    private static NormalisedItem Observe(Items items, RegistryFact fact)
    {
        TimeReading time = Times.Read(fact.Time, TimeFormats.Rfc3339);
        return time.Unreadable is { } unreadable || fact.Tag.IsAmbiguous
            ? fact.Time.Reject(time.Unreadable ?? "name is stated more than once")
            : new NormalisedItem.Observed(
                (fact with { OccurredAt = time.Utc, Stated = new Readings() }).ToObservation(fact.Image.Registry, items.NextLineage));
    }

    private static List<Digest> Children(Node references)
    {
        var children = new List<Digest>();
        foreach (Node reference in references.Items)
        {
            if (Digest.TryParse(reference["child_digest"].Text, out Digest child))
            {
                children.Add(child);
            }
        }

        return children;
    }

    /// <summary>The first link of the artifact that leads through its repository.</summary>
    private static Node Link(Node artifact)
    {
        foreach (Node link in artifact["addition_links"].Members)
        {
            if (RepositoryIn(link["href"].Value) is not null)
            {
                return link["href"];
            }
        }

        return artifact["addition_links"];
    }

    /// <summary><c>project/repository</c> of an API address; names with slashes are encoded twice.</summary>
    private static string? RepositoryIn(string? address)
    {
        string[] segments = (address ?? "").Split('/', '?');
        int at = Array.IndexOf(segments, "projects");
        if (at < 0 || at + 3 >= segments.Length || segments[at + 2] != "repositories")
        {
            return null;
        }

        string name = Uri.UnescapeDataString(Uri.UnescapeDataString(segments[at + 3]));
        string repository = $"{Uri.UnescapeDataString(segments[at + 1])}/{name}";
        return ImageReference.IsRepository(repository) ? repository : null;
    }
}
