using System.Security.Cryptography;
using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.ArtifactRegistry.Formats;

/// <summary>
/// A manifest or index itself (image-spec, "Image Manifest" and "Image Index"; Docker schema 2). Its digest is that of its
/// bytes, so that nothing has to be believed: a digest that was asked for, or that a header states, is only compared.
/// </summary>
internal static class OciManifest
{
    private const string DigestHeader = "docker-content-digest";

    /// <summary>Whether a document is a manifest or an index.</summary>
    public static bool Is(Node root) =>
        root["schemaVersion"].Exists || root["manifests"].Kind == NodeKind.Array || (root["layers"].Exists && root["config"].Exists);

    /// <summary>The document's own item, and one for each entry of an index that is no child of it.</summary>
    public static void Read(SourceDocument document, OciLocation location, Items items)
    {
        Node root = document.Root;
        if (RegistryMembers.FindDuplicate(root, "schemaVersion", "mediaType", "manifests", "config", "layers", "subject") is { } twice)
        {
            items.Add(twice);
            return;
        }

        if (root["schemaVersion"].Integer == "1")
        {
            items.Reject(root["schemaVersion"], "a manifest of schema 1, whose digest is not that of its bytes");
            return;
        }

        DigestKind? kind = KindOf(root);
        if (kind is null)
        {
            items.Reject(root["mediaType"].Exists ? root["mediaType"] : root, "neither a manifest (config, layers) nor an index (manifests)");
            return;
        }

        Node header = document.Headers[DigestHeader];
        Digest digest = Hash("sha256", document);
        foreach ((Node node, Digest? stated) in ((Node, Digest?)[])[(header, Stated(header)), (location.Node, location.Digest)])
        {
            if (node == header && header.HasValue && stated is null)
            {
                items.Reject(header, RegistryMembers.NotADigest);
                return;
            }

            if (stated is { } claimed && Hash(claimed.Text[..6], document) != claimed)
            {
                items.Reject(node, "the bytes are not those of the digest that was asked for or stated");
                return;
            }

            // A registry that names its manifests by sha512 is followed.
            digest = stated ?? digest;
        }

        items.Add(Observe(document, location, digest, kind.Value, items));
        foreach (Node entry in root["manifests"].Items)
        {
            if (NotAChild(entry) is { } item)
            {
                items.Add(item);
            }
        }
    }

    private static Observation Observe(SourceDocument document, OciLocation location, Digest digest, DigestKind kind, Items items)
    {
        // The proof of a sha256 is the bytes; that of another algorithm stands where it is stated.
        Node stated = digest.Text.StartsWith("sha256:", StringComparison.Ordinal) ? document.Body.Sha256()
            : document.Headers[DigestHeader].HasValue ? document.Headers[DigestHeader]
            : location.Node;
        Observation observation;
        if (location is { Host: { } host, Repository: { } repository })
        {
            observation = new RegistryFact
            {
                Image = new ImageReference(host, repository, location.Tag),
                Repository = location.Node,
                Tag = location.Node,
                Digest = digest,
                DigestNode = stated,
                Kind = kind,
                Time = document.Root["no time"],
            }.ToObservation(host, items.NextLineage);
        }
        else
        {
            observation = UnplacedManifest.Observe(items.Notification.Instance ?? location.Host ?? "oci", digest, kind, stated, items.NextLineage);
        }

        return observation with
        {
            Children = [.. Children(document.Root).Distinct().Order()],
            Revision = new Revision(null, OciLocation.ReadAt(document)),
        };
    }

    private static IEnumerable<Digest> Children(Node root)
    {
        foreach (Node entry in root["manifests"].Items)
        {
            if (NotAChild(entry) is null && Digest.TryParse(entry["digest"].Text, out Digest child))
            {
                yield return child;
            }
        }
    }

    /// <summary>The item that an entry makes instead of being a child; null for a child.</summary>
    private static NormalisedItem? NotAChild(Node entry)
    {
        if (RegistryMembers.FindDuplicate(entry, "digest", "mediaType", "platform", "annotations") is { } twice)
        {
            return twice;
        }

        if (!Digest.TryParse(entry["digest"].Text, out _))
        {
            return entry["digest"].Reject(entry["digest"].HasValue ? RegistryMembers.NotADigest : "digest is missing");
        }

        Node platform = entry["platform"];
        if (entry["annotations"]["vnd.docker.reference.type"].String == "attestation-manifest"
            || (platform["os"].String == "unknown" && platform["architecture"].String == "unknown"))
        {
            return new NormalisedItem.Irrelevant("an attestation that BuildKit keeps in the index: unsigned, and nothing that runs");
        }

        return entry["mediaType"].Value is { } mediaType && !ManifestMediaTypes.IsManifest(mediaType)
            ? new NormalisedItem.Irrelevant("an entry of the index that is no manifest")
            : null;
    }

    /// <summary>By media type, and where there is none (it is optional in an image) by what the document has.</summary>
    private static DigestKind? KindOf(Node root)
    {
        DigestKind? kind = root["mediaType"].Value is { } mediaType ? ManifestMediaTypes.KindOf(mediaType)
            : root["manifests"].Kind == NodeKind.Array ? DigestKind.Index
            : root["config"].Kind == NodeKind.Object || root["layers"].Kind == NodeKind.Array ? DigestKind.Manifest
            : null;
        bool fits = kind == DigestKind.Index ? root["manifests"].Kind == NodeKind.Array : !root["manifests"].Exists;
        return fits && kind is DigestKind.Index or DigestKind.Manifest ? kind : null;
    }

    private static Digest? Stated(Node header) => Digest.TryParse(header.String, out Digest digest) ? digest : null;

    private static Digest Hash(string algorithm, SourceDocument document)
    {
        ReadOnlySpan<byte> bytes = document.Body.Bytes.Span;
        byte[] hash = algorithm switch
        {
            "sha384" => SHA384.HashData(bytes),
            "sha512" => SHA512.HashData(bytes),
            _ => SHA256.HashData(bytes),
        };
        return Digest.Parse($"{algorithm}:{Convert.ToHexStringLower(hash)}");
    }
}
