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
    private const string DockerScheme = "pkg:docker/";
    private const string OciScheme = "pkg:oci/";
    private const string Https = "https://";

    /// <summary>
    /// The image that a name stands for; false when it names none. <paramref name="digest"/> is set where the name
    /// itself states one.
    /// </summary>
    public static bool TryParse(string? name, out ImageReference? image, out Digest? digest)
    {
        image = null;
        digest = null;
        if (name is null || name.Length > 2048)
        {
            return false;
        }

        if (name.StartsWith(DockerScheme, StringComparison.OrdinalIgnoreCase))
        {
            return TryParsePackage(name[DockerScheme.Length..], oci: false, out image, out digest);
        }

        return name.StartsWith(OciScheme, StringComparison.OrdinalIgnoreCase)
            ? TryParsePackage(name[OciScheme.Length..], oci: true, out image, out digest)
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

    // path[@version][?qualifiers][#subpath]; each part is percent-encoded.
    private static bool TryParsePackage(string text, bool oci, out ImageReference? image, out Digest? digest)
    {
        image = null;
        digest = null;
        string rest = Before(text, '#', out _);
        string locator = Before(rest, '?', out string? qualifiers);
        string path = Uri.UnescapeDataString(Before(locator, '@', out string? encodedVersion));
        string? version = encodedVersion is null ? null : Uri.UnescapeDataString(encodedVersion);
        string? repository = Qualifier(qualifiers, "repository_url");
        string? tag = Qualifier(qualifiers, "tag");

        string coordinates;
        if (oci)
        {
            // An oci package is named by its last path segment only: without repository_url it is at no registry.
            if (repository is null)
            {
                return false;
            }

            coordinates = repository;
        }
        else
        {
            coordinates = repository is null ? path : $"{repository.TrimEnd('/')}/{path}";
            digest = ReadDigest(Qualifier(qualifiers, "digest"));
        }

        if (Digest.TryParse(version, out Digest stated))
        {
            digest = stated;
        }
        else if (!oci)
        {
            tag ??= version;
        }

        string reference = tag is null ? coordinates : $"{coordinates}:{tag}";
        return ImageReference.TryParse(reference, out image, out _, hostRequired: oci);
    }

    private static string Before(string text, char separator, out string? after)
    {
        int at = text.IndexOf(separator, StringComparison.Ordinal);
        after = at < 0 ? null : text[(at + 1)..];
        return at < 0 ? text : text[..at];
    }

    private static string? Qualifier(string? qualifiers, string name)
    {
        foreach (string pair in (qualifiers ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string key = Before(pair, '=', out string? value);
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase) && !string.IsNullOrEmpty(value))
            {
                string text = Uri.UnescapeDataString(value);
                return text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? text[8..] : text;
            }
        }

        return null;
    }

    private static Digest? ReadDigest(string? text) => Digest.TryParse(text, out Digest digest) ? digest : null;
}
