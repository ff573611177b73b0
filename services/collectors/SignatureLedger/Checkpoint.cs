using System.Globalization;
using System.Text;
using ReleaseIntegrity.Collectors.Formats;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// A log's checkpoint (C2SP tlog-checkpoint, a signed note): origin, size and root hash, a line each, further lines, an empty
/// line, and signature lines. It says how long the log is, and nothing of what it holds. Read, never verified.
/// </summary>
/// <param name="Size">How many entries the log has.</param>
/// <param name="Root">The root hash of its tree (RFC 6962 section 2.1), lower-case hex.</param>
/// <param name="KeyIds">The first four bytes of the id of each key that signed it, lower-case hex: of a Rekor v2 log, of its log id.</param>
internal sealed record Checkpoint(long Size, string Root, IReadOnlyList<string> KeyIds)
{
    private const int MaxBytes = 16 * 1024;
    private const int Sha256Bytes = 32;
    private const int KeyIdBytes = 4;
    private const string Signature = "— ";

    /// <summary>Whether a text is a checkpoint.</summary>
    public static bool Is(ReadOnlyMemory<byte> text) => Read(text) is not null;

    /// <summary>What a checkpoint says; null where the text is none.</summary>
    public static Checkpoint? Read(ReadOnlyMemory<byte> text)
    {
        if (text.Length > MaxBytes)
        {
            return null;
        }

        string[] lines = Encoding.UTF8.GetString(text.Span).Split('\n');
        int end = Array.IndexOf(lines, "");
        return end >= 3
            && long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out long size)
            && Base64Text.TryDecode(lines[2], out byte[] root) && root.Length == Sha256Bytes
            && lines.Length > end + 1 && lines[end + 1].StartsWith(Signature, StringComparison.Ordinal)
            ? new Checkpoint(size, Convert.ToHexStringLower(root), [.. lines[end..].Where(l => l.StartsWith(Signature, StringComparison.Ordinal)).Select(KeyId).OfType<string>()])
            : null;
    }

    private static string? KeyId(string signature) =>
        Base64Text.TryDecode(signature.Split(' ')[^1], out byte[] bytes) && bytes.Length > KeyIdBytes
            ? Convert.ToHexStringLower(bytes, 0, KeyIdBytes)
            : null;
}
