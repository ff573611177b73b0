using ReleaseIntegrity.Collectors.Formats;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.RuntimeValidation;

/// <summary>
/// What a container runtime reports as <c>imageID</c> (Kubernetes API, <c>ContainerStatus</c>): a manifest digest after a
/// repository (containerd), the same behind <c>docker-pullable://</c> (dockershim), or the image's configuration as
/// <c>docker://sha256:…</c>, <c>sha256:…</c> or bare hex, which is no manifest digest and never compared with one.
/// </summary>
/// <param name="Digest">The digest.</param>
/// <param name="Kind">Configuration, or unknown: containerd reports the index or the platform manifest, inconsistently.</param>
/// <param name="Image">The repository that it was pulled from, where the id names it.</param>
internal sealed record ContainerImageId(Digest Digest, DigestKind Kind, ImageReference? Image)
{
    private const string Pullable = "docker-pullable://";

    private const string Docker = "docker://";

    /// <summary>Reads an id; null where it is none.</summary>
    internal static ContainerImageId? TryParse(string text)
    {
        string rest = text.StartsWith(Pullable, StringComparison.Ordinal) ? text[Pullable.Length..]
            : text.StartsWith(Docker, StringComparison.Ordinal) ? text[Docker.Length..]
            : text;
        int at = rest.LastIndexOf('@');
        if (at > 0)
        {
            // The repository may be spelled in ways that are no reference; the digest counts all the same.
            return Digest.TryParse(rest[(at + 1)..], out Digest manifest)
                ? new ContainerImageId(manifest, DigestKind.Unknown, ImageReference.TryParse(rest, out ImageReference? image, out _) ? image : null)
                : null;
        }

        return Digest.TryParse(rest, out Digest config) || (rest.Length == 64 && Digest.TryParse("sha256:" + rest, out config))
            ? new ContainerImageId(config, DigestKind.Config, null)
            : null;
    }
}

/// <summary>The image that a container was asked to run.</summary>
/// <param name="Reference">The reference, with the tag that it names or implies.</param>
/// <param name="Digest">The digest, where the reference is pinned.</param>
/// <param name="Node">Where it stands.</param>
internal sealed record ContainerImage(ImageReference Reference, Digest? Digest, Node Node)
{
    /// <summary>
    /// Reads an image; null where the node holds none (a bare image id). No tag and no digest means the tag
    /// <c>latest</c> (Kubernetes documentation, "Images", Image names).
    /// </summary>
    internal static ContainerImage? TryRead(Node node)
    {
        if (node.String is not { } text || ContainerImageId.TryParse(text) is { Kind: DigestKind.Config }
            || !ImageReference.TryParse(text, out ImageReference? reference, out Digest? digest) || reference is null)
        {
            return null;
        }

        return new ContainerImage(
            reference.Tag is null && digest is null ? reference with { Tag = "latest" } : reference, digest, node);
    }
}
