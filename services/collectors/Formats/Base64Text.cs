using System.Buffers.Text;

namespace ReleaseIntegrity.Collectors.Formats;

/// <summary>
/// Base64 in every spelling that payloads have (RFC 4648 sections 4 and 5): standard or URL-safe (GCB), padded or not,
/// broken into lines or not.
/// </summary>
public static class Base64Text
{
    /// <summary>Decodes; false where the text is no base64.</summary>
    public static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];
        string urlSafe = text.AsSpan().ContainsAny('+', '/') ? text.Replace('+', '-').Replace('/', '_') : text;
        byte[] buffer = new byte[Base64Url.GetMaxDecodedLength(urlSafe.Length)];
        try
        {
            if (!Base64Url.TryDecodeFromChars(urlSafe, buffer, out int written))
            {
                return false;
            }

            bytes = buffer[..written];
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
