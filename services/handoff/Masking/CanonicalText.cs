using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReleaseIntegrity.Masking;

/// <summary>JSON in the canonical form of RFC 8785: members sorted by UTF-16 code units, no space, least escaping.</summary>
public static class CanonicalText
{
    /// <summary>The canonical text of a document whose numbers are integers (ours have none but counters).</summary>
    public static string Of(JsonNode? node)
    {
        var text = new StringBuilder(4096);
        Append(text, node, 0);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonNode? node, int depth)
    {
        if (depth > DocumentWalk.MaximumDepth)
        {
            throw new ArgumentException("the document nests too deeply to be a ledger or a package");
        }

        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject members:
                char separator = '{';
                foreach ((string name, JsonNode? member) in members.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    text.Append(separator);
                    AppendString(text, name);
                    text.Append(':');
                    Append(text, member, depth + 1);
                    separator = ',';
                }

                text.Append(separator == '{' ? "{}" : "}");
                break;
            case JsonArray items:
                text.Append('[');
                for (int i = 0; i < items.Count; i++)
                {
                    text.Append(i == 0 ? "" : ",");
                    Append(text, items[i], depth + 1);
                }

                text.Append(']');
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                AppendString(text, value.GetValue<string>());
                break;
            default:
                text.Append(node.ToJsonString());
                break;
        }
    }

    /// <summary>RFC 8785, section 3.2.2.2.</summary>
    private static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }
}
