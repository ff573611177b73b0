using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ReleaseIntegrity.Tests.Handoff.Masking;

/// <summary>Looks for raw secrets, by means that share no code with the masker.</summary>
internal static class Leaks
{
    /// <summary>The secrets that occur in any string of a document, in any spelling that a reader would recognise.</summary>
    public static List<string> In(JsonNode? document, IEnumerable<string> secrets)
    {
        List<string> strings = [.. Strings(document)];
        return [.. secrets.Where(s => strings.Any(text => Shows(text, s)))];
    }

    /// <summary>Whether a text shows a secret.</summary>
    public static bool Shows(string text, string secret) =>
        Spellings(secret).Any(s => s.Length < 6
            ? Regex.IsMatch(text, $@"(?<![\p{{L}}\p{{Nd}}]){Regex.Escape(s)}(?![\p{{L}}\p{{Nd}}])", RegexOptions.IgnoreCase)
            : text.Contains(s, StringComparison.OrdinalIgnoreCase));

    /// <summary>Every string of a document, the names of members too.</summary>
    public static IEnumerable<string> Strings(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(m => Strings(m.Value).Prepend(m.Key)),
        JsonArray items => items.SelectMany(Strings),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => [value.GetValue<string>()],
        _ => [],
    };

    private static IEnumerable<string> Spellings(string secret)
    {
        yield return secret;
        yield return secret.Replace("~", "~0").Replace("/", "~1");
        yield return Uri.EscapeDataString(secret);
        string hex = secret[(secret.IndexOf(':') + 1)..];
        if (hex.Length == 64 && hex.All(char.IsAsciiHexDigit))
        {
            yield return hex;
            yield return string.Join(':', hex.Chunk(2).Select(c => new string(c)));
        }
    }
}
