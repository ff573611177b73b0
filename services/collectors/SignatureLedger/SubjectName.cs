using ReleaseIntegrity.Collectors.Formats.Registry;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// Reads the name of an in-toto subject as an image, where it is one: a reference with a host
/// (<c>registry/repository[:tag][@digest]</c>), or a package URL of type <c>docker</c> or <c>oci</c>
/// (purl-spec, "docker" and "oci"). A name may as well be a file or a package of another ecosystem, and then it names
/// no image.
/// </summary>
public static class SubjectName
{
    private const int MostCharacters = 2048;
    private const string Https = "https://";

    /// <summary>
    /// The image that a name stands for; false when it names none. <paramref name="digest"/> is set where the name
    /// itself states one.
    /// </summary>
    public static bool TryParse(string? name, out ImageReference? image, out Digest? digest)
    {
        image = null;
        digest = null;
        if (name is null || name.Length > MostCharacters)
        {
            return false;
        }

        return PackageUrl.Parse(name) is { } package
            ? TryParsePackage(package, out image, out digest)
            : name.StartsWith(Https, StringComparison.OrdinalIgnoreCase) ? TryParseAddress(name[Https.Length..], out image, out digest)
            : ImageReference.TryParse(name, out image, out digest, hostRequired: true);
    }

    /// <summary>
    /// Google Cloud Build writes <c>https://</c> before a reference. Only a tag or a digest tells it from the address of a file.
    /// </summary>
    private static bool TryParseAddress(string text, out ImageReference? image, out Digest? digest)
    {
        bool parsed = ImageReference.TryParse(text, out image, out digest, hostRequired: true) && (image!.Tag is not null || digest is not null);
        (image, digest) = parsed ? (image, digest) : (null, null);
        return parsed;
    }

    private static bool TryParsePackage(PackageUrl package, out ImageReference? image, out Digest? digest)
    {
        image = null;
        digest = null;
        bool oci = package.Type == "oci";
        string? repository = package.Qualifier("repository_url");
        // An oci package is named by its last path segment only: without repository_url it is at no registry.
        if ((!oci && package.Type != "docker") || (oci && repository is null))
        {
            return false;
        }

        string coordinates = oci ? repository! : repository is null ? package.Path : $"{repository.TrimEnd('/')}/{package.Path}";
        string? tag = package.Qualifier("tag");
        if (Digest.TryParse(package.Version, out Digest stated))
        {
            digest = stated;
        }
        else if (!oci)
        {
            digest = Digest.TryParse(package.Qualifier("digest"), out Digest qualified) ? qualified : null;
            tag ??= package.Version;
        }

        string reference = tag is null ? coordinates : $"{coordinates}:{tag}";
        return ImageReference.TryParse(reference, out image, out _, hostRequired: oci);
    }
}
