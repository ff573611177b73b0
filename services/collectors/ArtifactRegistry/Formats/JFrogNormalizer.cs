using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>
/// <c>jfrog</c>: webhooks of JFrog Artifactory in the domain <c>docker</c> ("Event Types"): pushed, promoted, deleted. The
/// digest is bare hex; the repository is the repository key and the image's name.
/// </summary>
public sealed class JFrogNormalizer : DocumentNormalizer
{
    /// <inheritdoc/>
    public override Source Source => Source.ArtifactRegistry;

    /// <inheritdoc/>
    public override string Format => "jfrog";

    /// <inheritdoc/>
    public override int MappingVersion => 2;

    /// <inheritdoc/>
    protected override void Read(SourceDocument document, Items items)
    {
        foreach (Node e in document.Root.Kind == NodeKind.Array ? document.Root.Items : [document.Root])
        {
            items.Add(ReadEvent(e, items));
        }
    }

    private static NormalisedItem ReadEvent(Node e, Items items)
    {
        Node data = e["data"];
        NormalisedItem.Rejected? twice = RegistryMembers.FindDuplicate(e, "domain", "event_type", "data", "jpd_origin")
            ?? RegistryMembers.FindDuplicate(data, "repo_key", "path", "name", "sha256", "image_name", "tag");
        if (twice is not null)
        {
            return twice;
        }

        if (e["domain"].String is not { Length: > 0 } domain)
        {
            return e["domain"].Reject("domain is missing: not an event of Artifactory");
        }

        if (!domain.Equals("docker", StringComparison.OrdinalIgnoreCase))
        {
            return new NormalisedItem.Irrelevant("an event of another domain than docker");
        }

        Digest? digest = null;
        if (data["sha256"].HasValue)
        {
            // Bare hex, though a customer's own template may have the algorithm before it.
            if (!Digest.TryParse("sha256", data["sha256"].String, out Digest bare) && !Digest.TryParse(data["sha256"].String, out bare))
            {
                return data["sha256"].Reject("sha256 is not 64 hex digits");
            }

            digest = bare;
        }

        string? type = e["event_type"].String?.ToLowerInvariant();
        if (type is not ("pushed" or "promoted" or "deleted"))
        {
            return type is null or "" ? e["event_type"].Reject("event_type is missing") : new NormalisedItem.Irrelevant("an event other than pushed, promoted and deleted");
        }

        DigestKind? kind = data["name"].Value switch
        {
            "manifest.json" => DigestKind.Manifest,
            "list.manifest.json" => DigestKind.Index,
            // Artifactory names the files of layers and configurations by their digest.
            { } file when file.StartsWith("sha256__", StringComparison.Ordinal) => null,
            _ => DigestKind.Unknown,
        };
        if (kind is null)
        {
            return new NormalisedItem.Irrelevant("a layer or a configuration, which no tag can name");
        }

        if (Missing(data) is { } missing)
        {
            return missing;
        }

        if (IsDigest(data["tag"].String) && (digest is null || !data["tag"].String!.EndsWith(digest.Value.Text[7..], StringComparison.Ordinal)))
        {
            return data["tag"].Reject("tag is a digest, and not the one that sha256 states");
        }

        return new RegistryEvent
        {
            DigestNode = data["sha256"],
            Digest = digest,
            Kind = kind.Value,
            Host = e["jpd_origin"].Value,
            HostNode = e["jpd_origin"],
            Repository = data["image_name"],
            Path = $"{data["repo_key"].String}/{data["image_name"].String}",
            // Manifests that were pushed by digest, as those of an index are, lie in a folder of that name.
            Tag = IsDigest(data["tag"].String) ? data["no tag"] : data["tag"],
            // The payload has no time: revisions of one tag stay current together until a resync tells.
            Time = e["no time"],
            Withdrawn = type == "deleted",
            Pointer = e.Pointer,
        }.ToItem(items);
    }

    private static bool IsDigest(string? tag) => tag is not null
        && (Digest.TryParse(tag, out _) || (tag.StartsWith("sha256__", StringComparison.Ordinal) && Digest.TryParse("sha256", tag[8..], out _)));

    private static NormalisedItem.Rejected? Missing(Node data)
    {
        foreach (string name in (ReadOnlySpan<string>)["repo_key", "image_name"])
        {
            if (data[name].String is not { Length: > 0 })
            {
                return data[name].Reject($"{name} is missing");
            }
        }

        return null;
    }
}
