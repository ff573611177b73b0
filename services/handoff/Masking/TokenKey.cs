using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ReleaseIntegrity.Masking;

/// <summary>
/// The tenant key under which values become tokens. Equal values have equal tokens under one key, and only under one:
/// the version says which, so that tokens of different keys are never compared. Tokens don't carry it.
/// </summary>
/// <remarks>
/// A key file holds 32 or more raw bytes, or one line of text: an optional version and colon (<c>k2:</c>; without one
/// the version is <c>k1</c>), then the bytes in hex (64 digits or more) or base64 (44 characters or more).
/// </remarks>
public sealed class TokenKey
{
    /// <summary>The least length of a key: the output length of its hash, as RFC 2104, section 3, advises.</summary>
    public const int MinimumBytes = 32;

    /// <summary>Longer than any key has reason to be: a wrong file, most likely.</summary>
    public const int MaximumFileBytes = 4096;

    private const string FirstVersion = "k1";
    private readonly byte[] _bytes;

    private TokenKey(string version, byte[] bytes)
    {
        Version = version;
        _bytes = bytes;
    }

    /// <summary>
    /// A key that everyone knows, for offline runs whose output must be the same on any machine. Its tokens show
    /// agreement, but whoever can guess a value can check the guess: use a key file for output that leaves the team.
    /// </summary>
    public static TokenKey Published { get; } =
        new("k0", SHA256.HashData("Release Integrity: the published token key, which protects nothing from guessing"u8));

    /// <summary>Which key this is: <c>k0</c> is <see cref="Published"/>, <c>k1</c> and so on are the tenant's own.</summary>
    public string Version { get; }

    /// <summary>A new key from the system's random source, at version <c>k1</c>.</summary>
    public static TokenKey Generate() => new(FirstVersion, RandomNumberGenerator.GetBytes(MinimumBytes));

    /// <summary>Reads a key file.</summary>
    /// <exception cref="TokenKeyException">The file is missing, too large or holds no key; the text names the fix.</exception>
    public static TokenKey Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > MaximumFileBytes)
            {
                throw new TokenKeyException($"the key file '{path}' has {file.Length.ToString(CultureInfo.InvariantCulture)} bytes; a key has at most {MaximumFileBytes}");
            }

            byte[] content = new byte[file.Length];
            file.ReadExactly(content);
            return Parse(content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TokenKeyException(
                $"the key file '{path}' can't be read ({e.GetType().Name}); make one with: openssl rand -hex 32 > {path}", e);
        }
    }

    /// <summary>Reads the content of a key file.</summary>
    /// <exception cref="TokenKeyException">It holds no key; the text names the fix and never the content.</exception>
    public static TokenKey Parse(ReadOnlySpan<byte> content)
    {
        // Raw bytes that are all printable text by chance are as good as impossible: 32 of them have odds of 1 in 10^13.
        if (content.ContainsAnyExceptInRange((byte)' ', (byte)'~') && content.TrimEnd("\r\n"u8).ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            return content.Length >= MinimumBytes
                ? new TokenKey(FirstVersion, content.ToArray())
                : throw TooShort(content.Length);
        }

        string text = Encoding.ASCII.GetString(content).Trim();
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string version = colon < 0 ? FirstVersion : text[..colon];
        if (!IsVersion(version))
        {
            throw new TokenKeyException("the part before the colon is not a key version; write k1:, k2: and so on, then the key in hex or base64");
        }

        byte[] bytes = Decode(text[(colon + 1)..].Trim());
        return bytes.Length >= MinimumBytes ? new TokenKey(version, bytes) : throw TooShort(bytes.Length);
    }

    /// <summary>The content of a key file that reads as this key.</summary>
    public string Export() => $"{Version}:{Convert.ToHexStringLower(_bytes)}\n";

    /// <summary>The version only: a key in a log line is no secret any more.</summary>
    public override string ToString() => Version;

    /// <summary>HMAC-SHA256 (RFC 2104) of the text's UTF-8 bytes, as lower-case hex.</summary>
    internal string Hmac(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(_bytes, Encoding.UTF8.GetBytes(text)));

    private static bool IsVersion(string text) =>
        text.Length is >= 2 and <= 6 && text[0] == 'k' && text[1] is >= '1' and <= '9' && !text.AsSpan(1).ContainsAnyExceptInRange('0', '9');

    private static byte[] Decode(string text)
    {
        if (text.Length % 2 == 0 && text.Length > 0 && text.All(char.IsAsciiHexDigit))
        {
            return Convert.FromHexString(text);
        }

        return Base64.IsValid(text)
            ? Convert.FromBase64String(text)
            : throw new TokenKeyException("the key is neither hex nor base64; make one with: openssl rand -hex 32");
    }

    private static TokenKeyException TooShort(int length) =>
        new($"the key has {length.ToString(CultureInfo.InvariantCulture)} bytes; it needs at least {MinimumBytes}; make one with: openssl rand -hex 32");
}

/// <summary>A token key can't be read; the message says why and what to do, and never holds a part of the key.</summary>
public sealed class TokenKeyException : Exception
{
    /// <summary>With the reason and the fix.</summary>
    public TokenKeyException(string message)
        : base(message)
    {
    }

    /// <summary>With the reason, the fix and the cause.</summary>
    public TokenKeyException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
