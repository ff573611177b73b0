using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats.Registry;

/// <summary>Media types of manifests (OCI image-spec "Media Types", Docker manifest v2 schemas 1 and 2).</summary>
public static class ManifestMediaTypes
{
    /// <summary>
    /// What a media type says that its digest is an address of: an index, a platform manifest, a configuration. Null
    /// where it is a layer or anything else that no tag can name.
    /// </summary>
    public static DigestKind? KindOf(string mediaType) => Essence(mediaType) switch
    {
        "application/vnd.oci.image.index.v1+json" or
        "application/vnd.docker.distribution.manifest.list.v2+json" => DigestKind.Index,
        "application/vnd.oci.image.manifest.v1+json" or
        "application/vnd.oci.artifact.manifest.v1+json" or
        "application/vnd.docker.distribution.manifest.v2+json" or
        "application/vnd.docker.distribution.manifest.v1+json" or
        "application/vnd.docker.distribution.manifest.v1+prettyjws" => DigestKind.Manifest,
        "application/vnd.oci.image.config.v1+json" or
        "application/vnd.docker.container.image.v1+json" => DigestKind.Config,
        _ => null,
    };

    /// <summary>Whether a tag can name it.</summary>
    public static bool IsManifest(string mediaType) => KindOf(mediaType) is DigestKind.Index or DigestKind.Manifest;

    private static string Essence(string mediaType)
    {
        int parameters = mediaType.IndexOf(';', StringComparison.Ordinal);
        return (parameters < 0 ? mediaType : mediaType[..parameters]).Trim().ToLowerInvariant();
    }
}
