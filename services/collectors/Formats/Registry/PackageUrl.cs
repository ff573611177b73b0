namespace ReleaseIntegrity.Collectors.Formats.Registry;

/// <summary>
/// A package URL (purl-spec): <c>pkg:type/path[@version][?qualifiers][#subpath]</c>, its parts decoded. Only what names
/// container images is of use here, so that namespace and name stay one path.
/// </summary>
public sealed class PackageUrl
{
    private const int MostCharacters = 2048;

    private readonly string? _qualifiers;

    private PackageUrl(string type, string path, string? version, string? qualifiers)
    {
        Type = type;
        Path = path;
        Version = version;
        _qualifiers = qualifiers;
    }

    /// <summary>The type in lower case: <c>oci</c>, <c>docker</c>, <c>golang</c>.</summary>
    public string Type { get; }

    /// <summary>Namespace and name.</summary>
    public string Path { get; }

    /// <summary>The version; null where there is none.</summary>
    public string? Version { get; }

    /// <summary>A qualifier's value, without <c>https://</c>; null where it is absent or empty.</summary>
    public string? Qualifier(string name)
    {
        foreach (string pair in (_qualifiers ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
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

    /// <summary>Takes a text apart; null where it is no package URL.</summary>
    public static PackageUrl? Parse(string? text)
    {
        if (text is null || text.Length > MostCharacters || !text.StartsWith("pkg:", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string rest = Before(text[4..].TrimStart('/'), '#', out _);
        string locator = Before(rest, '?', out string? qualifiers);
        string type = Before(locator, '/', out string? path);
        if (path is null)
        {
            return null;
        }

        string encoded = Before(path, '@', out string? version);
        return new PackageUrl(
            type.ToLowerInvariant(), Uri.UnescapeDataString(encoded), version is null ? null : Uri.UnescapeDataString(version), qualifiers);
    }

    private static string Before(string text, char separator, out string? after)
    {
        int at = text.IndexOf(separator, StringComparison.Ordinal);
        after = at < 0 ? null : text[(at + 1)..];
        return at < 0 ? text : text[..at];
    }
}
