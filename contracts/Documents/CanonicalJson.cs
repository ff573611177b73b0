using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReleaseIntegrity.Contracts.Documents;

/// <summary>
/// The JSON Canonicalization Scheme (RFC 8785): members sorted by UTF-16 code units, no white space, shortest escapes.
/// Documents carry strings, booleans, nulls and integers within ±2^53, so number formatting needs no more than section
/// 3.2.2.3 says of integers.
/// </summary>
public static class CanonicalJson
{
    private const int MaxDepth = 64;

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\']);

    /// <summary>The canonical UTF-8 bytes of a document.</summary>
    /// <exception cref="ArgumentException">Deeper than 64 levels, or a number that isn't an integer within ±2^53.</exception>
    public static byte[] Bytes(JsonNode? node) => Encoding.UTF8.GetBytes(Text(node));

    /// <summary>The canonical text of a document.</summary>
    /// <exception cref="ArgumentException">Deeper than 64 levels, or a number that isn't an integer within ±2^53.</exception>
    public static string Text(JsonNode? node)
    {
        var text = new StringBuilder(4096);
        Write(node, text, 0);
        return text.ToString();
    }

    /// <summary>Lower-case hex SHA-256 of the canonical bytes.</summary>
    public static string Sha256(JsonNode? node) => Convert.ToHexStringLower(SHA256.HashData(Bytes(node)));

    private static void Write(JsonNode? node, StringBuilder text, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ArgumentException($"the document is deeper than {MaxDepth} levels", nameof(node));
        }

        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject members:
                WriteObject(members, text, depth);
                break;
            case JsonArray items:
                text.Append('[');
                for (int i = 0; i < items.Count; i++)
                {
                    text.Append(i == 0 ? "" : ",");
                    Write(items[i], text, depth + 1);
                }

                text.Append(']');
                break;
            case JsonValue value:
                WriteValue(value, text);
                break;
        }
    }

    private static void WriteObject(JsonObject members, StringBuilder text, int depth)
    {
        text.Append('{');
        bool first = true;
        foreach ((string name, JsonNode? value) in members.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            text.Append(first ? "" : ",");
            first = false;
            WriteString(name, text);
            text.Append(':');
            Write(value, text, depth + 1);
        }

        text.Append('}');
    }

    private static void WriteValue(JsonValue value, StringBuilder text)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                WriteString(value.GetValue<string>(), text);
                break;
            case JsonValueKind.True:
                text.Append("true");
                break;
            case JsonValueKind.False:
                text.Append("false");
                break;
            case JsonValueKind.Number:
                bool integer = value.TryGetValue(out long number) || (value.TryGetValue(out int small) && (number = small) == small);
                text.Append(integer && Math.Abs(number) <= 1L << 53
                    ? number.ToString(CultureInfo.InvariantCulture)
                    : throw new ArgumentException("a number that isn't an integer within ±2^53 has no canonical form here; write it as a string"));
                break;
            default:
                text.Append("null");
                break;
        }
    }

    private static void WriteString(string value, StringBuilder text)
    {
        text.Append('"');
        ReadOnlySpan<char> rest = value;
        while (rest.IndexOfAny(Escaped) is var at && at >= 0)
        {
            text.Append(rest[..at]);
            text.Append(rest[at] switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                char control => $"\\u{(int)control:x4}",
            });
            rest = rest[(at + 1)..];
        }

        text.Append(rest).Append('"');
    }
}
