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

    /// <summary>The canonical UTF-8 bytes of a document.</summary>
    /// <exception cref="ArgumentException">Deeper than 64 levels, or a number that isn't an integer within ±2^53.</exception>
    public static byte[] Bytes(JsonNode? node)
    {
        using var writer = new CanonicalWriter();
        Write(node, writer, 0);
        return writer.Written.ToArray();
    }

    /// <summary>The canonical text of a document.</summary>
    /// <exception cref="ArgumentException">Deeper than 64 levels, or a number that isn't an integer within ±2^53.</exception>
    public static string Text(JsonNode? node)
    {
        using var writer = new CanonicalWriter();
        Write(node, writer, 0);
        return Encoding.UTF8.GetString(writer.Written);
    }

    /// <summary>Lower-case hex SHA-256 of the canonical bytes.</summary>
    public static string Sha256(JsonNode? node)
    {
        using var writer = new CanonicalWriter();
        Write(node, writer, 0);
        return Convert.ToHexStringLower(SHA256.HashData(writer.Written));
    }

    private static void Write(JsonNode? node, CanonicalWriter writer, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ArgumentException($"the document is deeper than {MaxDepth} levels", nameof(node));
        }

        switch (node)
        {
            case null:
                writer.Text(null);
                break;
            case JsonObject members:
                writer.BeginObject();
                foreach ((string name, JsonNode? value) in members.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    writer.Name(name);
                    Write(value, writer, depth + 1);
                }

                writer.EndObject();
                break;
            case JsonArray items:
                writer.BeginArray();
                foreach (JsonNode? item in items)
                {
                    Write(item, writer, depth + 1);
                }

                writer.EndArray();
                break;
            case JsonValue value:
                WriteValue(value, writer);
                break;
        }
    }

    private static void WriteValue(JsonValue value, CanonicalWriter writer)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                writer.Text(value.GetValue<string>());
                break;
            case JsonValueKind.True:
            case JsonValueKind.False:
                writer.Flag(value.GetValue<bool>());
                break;
            case JsonValueKind.Number:
                bool integer = value.TryGetValue(out long number) || (value.TryGetValue(out int small) && (number = small) == small);
                writer.Number(integer && Math.Abs(number) <= 1L << 53
                    ? number
                    : throw new ArgumentException("a number that isn't an integer within ±2^53 has no canonical form here; write it as a string"));
                break;
            default:
                writer.Text(null);
                break;
        }
    }
}
