using System.Globalization;
using System.Text;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds.Shapes;

/// <summary>The bytes that say something, and what they say.</summary>
/// <param name="Format">The format.</param>
/// <param name="Body">The bytes.</param>
/// <param name="Headers">Headers that the format reads.</param>
/// <param name="Statements">What a reader may learn from it; none for noise.</param>
internal sealed record Message(
    string Format, byte[] Body, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<Statement> Statements)
{
    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    /// <summary>A message of text without headers.</summary>
    public static Message Of(string format, string body, params Statement[] statements) =>
        new(format, Encoding.UTF8.GetBytes(body), NoHeaders, statements);

    /// <summary>The same with one header more.</summary>
    public Message With(string header, string value) => this with { Headers = new SortedDictionary<string, string>(Headers.ToDictionary(), StringComparer.Ordinal) { [header] = value } };
}

/// <summary>How values are spelled.</summary>
internal static class Spelling
{
    /// <summary>RFC 3339 in UTC, whole seconds.</summary>
    public static string Text(this DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>As databases print it, UTC understood.</summary>
    public static string Spaced(this DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Seconds since 1970.</summary>
    public static long Epoch(this DateTimeOffset time) => time.ToUnixTimeSeconds();

    /// <summary>Base64 of UTF-8.</summary>
    public static string Base64(this string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>The hex digits of a digest.</summary>
    public static string Hex(this Digest digest) => digest.Text[(digest.Text.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>A package URL of an image (purl-spec, "oci").</summary>
    public static string PackageUrl(ImageReference image, string digest) =>
        $"pkg:oci/{image.Repository[(image.Repository.LastIndexOf('/') + 1)..]}@{digest.Replace(":", "%3A", StringComparison.Ordinal)}"
        + $"?repository_url={image.Coordinates.Replace("/", "%2F", StringComparison.Ordinal)}{(image.Tag is null ? "" : $"&tag={image.Tag}")}";

    /// <summary>Adds a value, unless there is none.</summary>
    public static void Say(this Dictionary<Field, IReadOnlyList<string>> fields, Field field, params string?[] values)
    {
        string[] stated = [.. values.OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        if (stated.Length > 0)
        {
            fields[field] = stated;
        }
    }
}
