using System.Diagnostics.CodeAnalysis;

namespace ReleaseIntegrity.Contracts;

/// <summary>
/// A content digest as in the OCI image specification, "Digests": <c>sha256:</c> and 64, <c>sha384:</c> and 96 or
/// <c>sha512:</c> and 128 lower-case hex digits. Nothing else is a digest.
/// </summary>
public readonly record struct Digest : IComparable<Digest>
{
    private readonly string? _text;

    private Digest(string text) => _text = text;

    /// <summary><c>alg:hex</c>.</summary>
    public string Text => _text ?? "";

    /// <summary>Parses <c>alg:hex</c> exactly as the grammar has it; no trimming, no case folding.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        if (text is null || !text.AsSpan().StartsWith("sha") || text.Length < 7 || text[6] != ':')
        {
            return false;
        }

        int hexDigits = text.AsSpan(3, 3) switch
        {
            "256" => 64,
            "384" => 96,
            "512" => 128,
            _ => -1,
        };
        if (text.Length != 7 + hexDigits || text.AsSpan(7).ContainsAnyExcept(HexDigits))
        {
            return false;
        }

        digest = new Digest(text);
        return true;
    }

    /// <summary>Parses bare hex beside an algorithm name, as in-toto and JFrog write it. Upper case is folded.</summary>
    public static bool TryParse(string? algorithm, string? hex, out Digest digest)
    {
        digest = default;
        return algorithm is not null && hex is not null
            && TryParse($"{algorithm.ToLowerInvariant()}:{hex.ToLowerInvariant()}", out digest);
    }

    /// <summary>Parses <c>alg:hex</c>.</summary>
    /// <exception cref="FormatException">Not a digest.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out Digest digest)
            ? digest
            : throw new FormatException("not an OCI digest (sha256:, sha384: or sha512: and 64, 96 or 128 lower-case hex digits)");

    /// <inheritdoc/>
    public int CompareTo(Digest other) => string.CompareOrdinal(Text, other.Text);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static readonly System.Buffers.SearchValues<char> HexDigits =
        System.Buffers.SearchValues.Create("0123456789abcdef");
}

/// <summary>What a digest is an address of. Digests of different kinds are compared only where the kinds allow it.</summary>
public enum DigestKind
{
    /// <summary>The payload does not say; compared as a manifest.</summary>
    Unknown,

    /// <summary>An image index (manifest list).</summary>
    Index,

    /// <summary>A platform manifest.</summary>
    Manifest,

    /// <summary>An image configuration: never comparable with a manifest digest.</summary>
    Config,
}
