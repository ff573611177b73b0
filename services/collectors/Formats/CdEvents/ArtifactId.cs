using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats.CdEvents;

/// <summary>
/// What the artifact id of a CDEvent names, where that is a container image: a package URL of type <c>oci</c> or
/// <c>docker</c> (purl-spec), or a plain reference with its host.
/// </summary>
/// <param name="Image">Coordinates, with the tag where it is named; null where only a digest is (an <c>oci</c> URL without repository_url).</param>
/// <param name="Digest">The digest, or null.</param>
/// <param name="Problem">Why the id of an image can't be read, without the value; null where it can.</param>
public sealed record ArtifactId(ImageReference? Image, Digest? Digest, string? Problem)
{
    /// <summary>Reads an id; null where it names something other than a container image.</summary>
    public static ArtifactId? Parse(string? text)
    {
        if (PackageUrl.Parse(text) is { } package)
        {
            return package.Type is "oci" or "docker" ? OfPackage(package) : null;
        }

        if (ImageReference.TryParse(text, out ImageReference? image, out Digest? digest, hostRequired: true))
        {
            return new ArtifactId(image, digest, null);
        }

        return text?.Contains("@sha", StringComparison.Ordinal) == true ? Malformed(RegistryMembers.NotADigest) : null;
    }

    private static ArtifactId OfPackage(PackageUrl package)
    {
        bool oci = package.Type == "oci";
        string? version = package.Version;
        Digest? digest = Contracts.Digest.TryParse(version, out Digest stated) ? stated : null;
        // An oci package's version is a digest and nothing else; a docker package's is a digest or a tag, and a tag has no colon.
        if (digest is null && version is not null && (oci || version.Contains(':', StringComparison.Ordinal)))
        {
            return Malformed(RegistryMembers.NotADigest);
        }

        string? repository = package.Qualifier("repository_url")?.TrimEnd('/');
        if (oci && repository is null)
        {
            return new ArtifactId(null, digest, null);
        }

        string coordinates = oci ? repository! : repository is null ? package.Path : $"{repository}/{package.Path}";
        string? tag = package.Qualifier("tag") ?? (digest is null ? version : null);
        return ImageReference.TryParse(tag is null ? coordinates : $"{coordinates}:{tag}", out ImageReference? image, out _, hostRequired: oci)
            ? new ArtifactId(image, digest, null)
            : Malformed("the package URL names no OCI repository, or no OCI tag");
    }

    private static ArtifactId Malformed(string problem) => new(null, null, problem);
}
