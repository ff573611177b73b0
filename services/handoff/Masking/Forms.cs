using System.Text.RegularExpressions;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Masking;

/// <summary>
/// The masked spelling of a value, per mask class. Every form ends in the token of the normalised value, so equal
/// values look equal and different ones differ, whatever field or document they stand in.
/// </summary>
internal sealed partial class Forms(TokenKey key)
{
    private const int TokenDigits = 12;
    private readonly Dictionary<string, string> _tokens = new(StringComparer.Ordinal);

    /// <summary>First 12 hex digits of HMAC-SHA256(key, value): collisions are unlikely below millions of values.</summary>
    public string Token(string value)
    {
        if (!_tokens.TryGetValue(value, out string? token))
        {
            token = key.Hmac(value)[..TokenDigits];
            _tokens.Add(value, token);
        }

        return token;
    }

    /// <summary><c>~token</c>.</summary>
    public string Identifier(string value) => "~" + Token(value);

    /// <summary>The path as <c>&lt;repo:token&gt;</c>; no repository path is spelled so, hence it marks a masked document.</summary>
    public string RepositoryPath(string path) => $"<repo:{Token(path)}>";

    /// <summary><c>[masked]#token</c>, which tells no length.</summary>
    public string Text(string value) => "[masked]#" + Token(value);

    /// <summary>A whole segment of a JSON Pointer; free of <c>~</c>, which RFC 6901 reserves.</summary>
    public string PointerSegment(string unescaped) => $"<seg:{Token(unescaped)}>";

    /// <summary><c>alg:8f4…7ac#token</c> for a typed hash, or null when it is none.</summary>
    public string? TypedHash(string value)
    {
        string folded = value.ToLowerInvariant();
        return TypedHashGrammar().Match(folded) is { Success: true } match
            ? $"{match.Groups["type"].ValueSpan}:{Short(match.Groups["hex"].ValueSpan)}#{Token(folded)}"
            : null;
    }

    /// <summary>A digest; bare hex of a digest's length is the digest without its algorithm, as some records spell it.</summary>
    public string Digest(string value)
    {
        string typed = value.Length is 64 or 96 or 128 && value.All(char.IsAsciiHexDigit) ? $"sha{value.Length * 4}:{value}" : value;
        return TypedHash(typed) ?? Text(value);
    }

    /// <summary>Bare hex as <c>ab1…9fe#token</c>.</summary>
    public string BareHash(string hex)
    {
        string folded = hex.ToLowerInvariant();
        return $"{Short(folded)}#{Token(folded)}";
    }

    /// <summary>A fingerprint in any usual spelling: upper case, colons and an algorithm in front are only spelling.</summary>
    public string Fingerprint(string value) =>
        FingerprintHex(value) is { } hex ? BareHash(hex) : TypedHash(value) ?? Text(value);

    /// <summary>The lower-case hex of a fingerprint, or null when it isn't written in hex.</summary>
    public static string? FingerprintHex(string value)
    {
        string hex = FingerprintSpelling().Replace(value, "").ToLowerInvariant();
        return hex.Length >= 16 && hex.All(char.IsAsciiHexDigit) ? hex : null;
    }

    /// <summary>
    /// An image reference: host and tag stay, the path is a token, a digest is short. What only looks like one (a
    /// host with characters that no host has) is text.
    /// </summary>
    /// <param name="value">The reference.</param>
    /// <param name="tupleRegistry">The tuple's registry, which is a host even where it has no dot.</param>
    /// <param name="show">What is applied to host and tag before they are shown.</param>
    public string Reference(string value, string? tupleRegistry, Func<string, string> show)
    {
        if (!TryParseReference(value, tupleRegistry, out ImageReference? image, out Digest? digest))
        {
            return TypedHash(value) ?? Text(value);
        }

        string tag = image.Tag is null ? "" : ":" + show(image.Tag);
        string at = digest is { } d ? "@" + Digest(d.Text) : "";
        return $"{show(image.Registry)}/{RepositoryPath(image.Repository)}{tag}{at}";
    }

    /// <summary>Parses a reference, knowing the tuple's registry.</summary>
    public static bool TryParseReference(
        string value, string? tupleRegistry, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ImageReference? image, out Digest? digest)
    {
        image = null;
        if (tupleRegistry is not null && value.StartsWith(tupleRegistry + "/", StringComparison.Ordinal)
            && ImageReference.TryParse("host.invalid" + value[tupleRegistry.Length..], out ImageReference? local, out digest))
        {
            image = local! with { Registry = tupleRegistry };
        }
        else if (TypedHashGrammar().IsMatch(value) || !ImageReference.TryParse(value, out image, out digest))
        {
            digest = null;
            return false;
        }

        return HostGrammar().IsMatch(image!.Registry);
    }

    /// <summary>Whether text is a masked repository path.</summary>
    public static bool IsMaskedPath(string? text) => text is not null && MaskedPathGrammar().IsMatch(text);

    private static string Short(ReadOnlySpan<char> hex) => $"{hex[..3]}…{hex[^3..]}";

    [GeneratedRegex(@"^(?<type>[a-z][a-z0-9-]{0,31}):(?<hex>[0-9a-f]{40,128})\z", RegexOptions.CultureInvariant)]
    private static partial Regex TypedHashGrammar();

    [GeneratedRegex(@"^\s*sha-?(?:1|256|384|512)\s*(?:fingerprint)?\s*[:=]\s*|[:\s-]", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex FingerprintSpelling();

    [GeneratedRegex(@"^(?:[a-z0-9](?:[a-z0-9.-]{0,252})|\[[0-9a-f:]{2,45}\])(?::[0-9]{1,5})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex HostGrammar();

    [GeneratedRegex(@"^<repo:[0-9a-f]{12}>\z", RegexOptions.CultureInvariant)]
    private static partial Regex MaskedPathGrammar();
}
