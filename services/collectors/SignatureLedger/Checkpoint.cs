using System.Text;
using ReleaseIntegrity.Collectors.Formats;

namespace ReleaseIntegrity.Collectors.SignatureLedger;

/// <summary>
/// A log's checkpoint (C2SP tlog-checkpoint): origin, size and root hash, a line each, further lines, an empty line, and
/// signature lines. It says how long the log is, and nothing of what it holds.
/// </summary>
internal static class Checkpoint
{
    private const int MaxBytes = 16 * 1024;
    private const int Sha256Bytes = 32;

    /// <summary>Whether a text is a checkpoint.</summary>
    public static bool Is(ReadOnlyMemory<byte> text)
    {
        if (text.Length > MaxBytes)
        {
            return false;
        }

        string[] lines = Encoding.UTF8.GetString(text.Span).Split('\n');
        int end = Array.IndexOf(lines, "");
        return end >= 3
            && lines[1].Length is > 0 and <= 20 && lines[1].All(char.IsAsciiDigit)
            && Base64Text.TryDecode(lines[2], out byte[] root) && root.Length == Sha256Bytes
            && lines.Length > end + 1 && lines[end + 1].StartsWith("— ", StringComparison.Ordinal);
    }
}
