using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace ReleaseIntegrity.Tests.Normalisation;

/// <summary>Mutates payloads, by bytes and by nodes; the same seed gives the same mutations.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly string[] Values =
    [
        "null", "\"\"", "0", "-1", "1e400", "1.5", "99999999999999999999", "true", "[]", "{}", "[null]", "[[]]", "\"sha256:\"",
        "\"0001-01-01T00:00:00Z\"", "\"\\u0000\"", "\"a/b~c\"", "\"http://\"", "\"://@:\"", "\":\"", "\"@\"", "\"sha256:0000\"", "{\"\":{\"\":1}}",
        "\"" + "x/" + "\"", "\"=\"", "\"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t\"", "\"W10\"", "\"{\"", "\"é😀\"",
    ];

    // A tree of nodes can't hold a member twice.
    private static readonly JsonDocumentOptions Unique = new() { AllowDuplicateProperties = false };

    private readonly Random _random = new(seed);

    public byte[] Mutate(ReadOnlySpan<byte> body) =>
        _random.Next(3) switch
        {
            0 => Bytes(body),
            1 => Nodes(body) ?? Bytes(body),
            _ => Duplicate(body),
        };

    private byte[] Bytes(ReadOnlySpan<byte> body)
    {
        List<byte> bytes = [.. body];
        for (int i = _random.Next(1, 4); i > 0 && bytes.Count > 0; i--)
        {
            int at = _random.Next(bytes.Count);
            switch (_random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(_random.Next(1, 40), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(_random.Next(1, 40), bytes.Count - at)));
                    break;
                default:
                    bytes[at] = (byte)"{}[]\",:\\/0eE-+.\n\0"[_random.Next(17)];
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Replaces a few nodes by other values, or removes them.</summary>
    private byte[]? Nodes(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body))
        {
            return null;
        }

        JsonNode? root;
        try
        {
            root = JsonNode.Parse(body, documentOptions: Unique);
        }
        catch (JsonException)
        {
            return null;
        }

        for (int i = _random.Next(1, 4); i > 0; i--)
        {
            List<(JsonNode Parent, object Key)> places = [.. Places(root)];
            if (places.Count == 0)
            {
                break;
            }

            (JsonNode parent, object key) = places[_random.Next(places.Count)];
            JsonNode? value = JsonNode.Parse(Values[_random.Next(Values.Length)]);
            if (parent is JsonObject members && _random.Next(4) == 0)
            {
                members.Remove((string)key);
            }
            else if (parent is JsonObject others)
            {
                others[(string)key] = value;
            }
            else
            {
                ((JsonArray)parent)[(int)key] = value;
            }
        }

        try
        {
            return Encoding.UTF8.GetBytes(root?.ToJsonString() ?? "null");
        }
        catch (InvalidOperationException)
        {
            // A text with half of a surrogate pair can be read, and not written again.
            return null;
        }
    }

    /// <summary>Repeats a member of an object: two members of one name.</summary>
    private byte[] Duplicate(ReadOnlySpan<byte> body)
    {
        string text = Encoding.UTF8.GetString(body);
        int start = text.IndexOf('"', _random.Next(Math.Max(1, text.Length)));
        int end = start < 0 ? -1 : text.IndexOfAny([',', '}'], start);
        return Encoding.UTF8.GetBytes(end < 0 ? text : text.Insert(start, text[start..end] + ","));
    }

    private static IEnumerable<(JsonNode Parent, object Key)> Places(JsonNode? node) =>
        node switch
        {
            JsonObject members => members.SelectMany(m => Places(m.Value).Prepend((members, m.Key))),
            JsonArray items => items.SelectMany((item, i) => Places(item).Prepend((items, i))),
            _ => [],
        };
}
