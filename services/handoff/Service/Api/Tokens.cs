using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ReleaseIntegrity.Handoff.Api;

/// <summary>
/// Page and resume tokens: opaque to clients, URL-safe, and good only for the list or store that they came from. They
/// hold positions, nothing secret; a forged one leads to a page that its client could have asked for anyway.
/// </summary>
internal static class Tokens
{
    private const int MaximumLength = 256;

    /// <summary>A token for the page after a key. The query's hash ties it to the method, parent and filters.</summary>
    public static string Page(string queryHash, params string[] lastKey) => Encode(["p1", queryHash, .. lastKey]);

    /// <summary>The key that a page token holds, or null when it isn't one for the query.</summary>
    public static string[]? ReadPage(string token, string queryHash, int keyParts) =>
        Decode(token) is ["p1", var hash, .. var key] && hash == queryHash && key.Length == keyParts ? key : null;

    /// <summary>A token of a place in a store's sequence.</summary>
    public static string Resume(string storeId, long sequence) => Encode(["w1", storeId, Text(sequence)]);

    /// <summary>The sequence that a resume token holds, or null when it isn't one of the store.</summary>
    public static long? ReadResume(string token, string storeId, long latest) =>
        Decode(token) is ["w1", var store, var sequence] && store == storeId
        && TryNumber(sequence, out long number) && number <= latest
            ? number
            : null;

    /// <summary>Hash of what a list is of.</summary>
    public static string QueryHash(params object?[] parts) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(parts)), 0, 8);

    /// <summary>A non-negative number as tokens spell it.</summary>
    public static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>A number of a page token's key; the other one on the first page.</summary>
    public static long Number(string[]? key, int part, long otherwise) =>
        key is not null && TryNumber(key[part], out long number) ? number : otherwise;

    /// <summary>A number as tokens spell it.</summary>
    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Encode(string[] parts) => Base64Url(Encoding.UTF8.GetBytes(string.Join('\n', parts)));

    private static string[]? Decode(string token)
    {
        if (token.Length > MaximumLength || !System.Buffers.Text.Base64Url.IsValid(token))
        {
            return null;
        }

        return Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(token)).Split('\n');
    }

    private static string Base64Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
