using System.Net;

namespace ReleaseIntegrity.Collectors.Formats;

/// <summary>
/// A form as web pages send it (URL standard, "application/x-www-form-urlencoded parsing"), of which the field <c>payload</c> is
/// the document.
/// </summary>
internal static class FormText
{
    private static readonly byte[] Payload = "payload="u8.ToArray();

    /// <summary>Whether a text is such a form. No JSON text begins like one.</summary>
    public static bool Is(ReadOnlySpan<byte> text) => FieldOf(text) is not null;

    /// <summary>The payload's bytes; null where there is none.</summary>
    public static byte[]? Decode(ReadOnlyMemory<byte> form) =>
        FieldOf(form.Span) is { } field ? WebUtility.UrlDecodeToBytes(form[field].ToArray(), 0, form[field].Length) : null;

    private static Range? FieldOf(ReadOnlySpan<byte> form)
    {
        int start = 0;
        while (start < form.Length && (char.IsAsciiLetterOrDigit((char)form[start]) || form[start] is (byte)'_' or (byte)'-'))
        {
            int length = form[start..].IndexOf((byte)'&') is >= 0 and var found ? found : form.Length - start;
            if (form.Slice(start, length).StartsWith(Payload))
            {
                return (start + Payload.Length)..(start + length);
            }

            start += length + 1;
        }

        return null;
    }
}
