using System.Buffers;
using System.Text;

namespace ReleaseIntegrity.Policies.Yaml;

/// <summary>A document's bytes as text: UTF-8, without a byte order mark, without characters that YAML forbids.</summary>
internal static class DocumentText
{
    /// <summary>The text, or null with a problem at the first byte that is wrong.</summary>
    internal static string? Decode(ReadOnlySpan<byte> bytes, ProblemList problems)
    {
        ReadOnlySpan<byte> rest = bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        var text = new StringBuilder(rest.Length);
        int line = 1;
        int column = 1;
        while (!rest.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(rest, out Rune rune, out int consumed);
            if (status != OperationStatus.Done)
            {
                problems.Add(new Position(line, column), "the document isn't UTF-8 here", "save it as UTF-8");
                return null;
            }

            if (IsForbidden(rune))
            {
                // The parser would take a NUL for the end, and what follows would silently not count.
                problems.Add(new Position(line, column), $"control character U+{rune.Value:X4}", "remove it");
                return null;
            }

            text.Append(rune.ToString());
            rest = rest[consumed..];
            column++;
            if (rune.Value == '\n')
            {
                line++;
                column = 1;
            }
        }

        return text.ToString();
    }

    // YAML 1.2, section 5.1, "c-printable".
    private static bool IsForbidden(Rune rune) =>
        rune.Value is (< 0x20 and not ('\t' or '\n' or '\r')) or (>= 0x7F and < 0xA0 and not 0x85) or 0xFFFE or 0xFFFF or 0xFEFF;
}
