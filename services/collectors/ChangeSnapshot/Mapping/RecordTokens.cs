using System.Globalization;
using Newtonsoft.Json.Linq;
using ReleaseIntegrity.Collectors.Formats;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;

/// <summary>
/// A record as expressions read it. For those that the JMESPath library evaluates it is made of tokens, each carrying the node
/// that it stands for. Annotations outlive the copies that the library makes of tokens, so that what an expression chooses
/// still knows its place.
/// </summary>
internal sealed class RecordTokens
{
    private const string Display = "display_value";
    private const string Value = "value";

    private readonly string[] _aliasPrefixes;
    private JToken? _root;
    private Node? _held;

    /// <summary>Wraps a record; tokens are only made when the first selector asks.</summary>
    /// <param name="node">The record.</param>
    /// <param name="aliasPrefixes">
    /// Prefixes under which top-level members may stand as well: a member <c>previous_x</c> also answers to <c>x</c>
    /// where the record has no <c>x</c>.
    /// </param>
    internal RecordTokens(Node node, params string[] aliasPrefixes)
    {
        Node = node;
        _aliasPrefixes = aliasPrefixes;
    }

    /// <summary>The record.</summary>
    internal Node Node { get; }

    /// <summary>Pointer of a member that may be a text of JSON, relative to the document; null for none.</summary>
    internal string? TextOfJson { get; set; }

    /// <summary>
    /// Whether pairs of display value and value may be flattened: <c>x_value</c> answers to <c>x</c> where
    /// <c>x_display_value</c> stands beside it and the record has no <c>x</c>; with dots as well.
    /// </summary>
    internal bool PairsAreFlat { get; set; }

    internal JToken Root => _root ??= WithAliases(Token(Node));

    /// <summary>The node that a token stands for; null for a token that an expression made.</summary>
    internal static Node? NodeOf(JToken? token) => token?.Annotation<Node>();

    /// <summary>What the library would find under a name in a node of the record, its aliases included, without making tokens; null for nothing.</summary>
    internal Node? Member(Node of, string name)
    {
        Node member = of[name];
        if (!member.Exists && of == Node)
        {
            member = Alias(name) ?? member;
        }

        return member.Exists ? Held(member) ?? member : null;
    }

    private Node? Alias(string name)
    {
        foreach (char mark in PairsAreFlat && name.Length > 0 ? "_." : "")
        {
            if (Node[$"{name}{mark}{Display}"].Exists && Node[$"{name}{mark}{Value}"] is { Exists: true } value)
            {
                return value;
            }
        }

        return _aliasPrefixes.Select(p => Node[p + name]).FirstOrDefault(m => m.Exists);
    }

    /// <summary>The object of which a node is the text of JSON, where it is the one that may be; else null.</summary>
    private Node? Held(Node node) =>
        TextOfJson is not null && node.Kind == NodeKind.String && node.Pointer == TextOfJson
            && (_held ??= node.DecodeJson()) is { Kind: NodeKind.Object } held
            ? held
            : null;

    private JToken WithAliases(JToken root)
    {
        foreach (Node member in PairsAreFlat && root is JObject ? Node.Members : [])
        {
            if (member.Name.Length > Display.Length + 1 && member.Name.EndsWith(Display, StringComparison.Ordinal)
                && member.Name[..^Display.Length] is { } stem && stem[^1] is '_' or '.' && Node[stem + Value] is { Exists: true } value)
            {
                var target = (JObject)root;
                target[stem[..^1]] ??= Token(value);
            }
        }

        foreach (string prefix in root is JObject ? _aliasPrefixes : [])
        {
            foreach (Node member in Node.Members.Where(m => m.Name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                var target = (JObject)root;
                string name = member.Name[prefix.Length..];
                target[name] ??= Token(member);
            }
        }

        return root;
    }

    private JToken Token(Node node)
    {
        node = Held(node) ?? node;
        JToken token = node.Kind switch
        {
            NodeKind.Object => Object(node),
            NodeKind.Array => Array(node),
            NodeKind.String => new JValue(node.Text),
            NodeKind.Number => Number(node.Text!),
            NodeKind.Boolean => new JValue(node.Boolean),
            _ => JValue.CreateNull(),
        };
        token.AddAnnotation(node);
        return token;
    }

    private JObject Object(Node node)
    {
        var json = new JObject();
        foreach (Node member in node.Members)
        {
            json[member.Name] = Token(member);
        }

        return json;
    }

    private JArray Array(Node node)
    {
        var json = new JArray();
        foreach (Node item in node.Items)
        {
            json.Add(Token(item));
        }

        return json;
    }

    private static JValue Number(string text) =>
        Numbers.TryDecimal(text, out decimal number)
            ? new JValue(number)
            : new JValue(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
}
