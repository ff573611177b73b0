using ReleaseIntegrity.Collectors.Formats;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;

/// <summary>What a selector says of one record: a node (null where there is none), or why it can't be told.</summary>
/// <param name="Node">The node whose place stands for the value; null where the record carries none.</param>
/// <param name="Problem">Why the value can't be read although the record carries something; null where it can.</param>
internal readonly record struct Mapped(Node? Node, string? Problem)
{
    /// <summary>The scalar text without surrounding white space, numbers canonical; null where there is none.</summary>
    internal string? Text => Problem is null ? MappedRecord.TextOf(Node) : null;

    /// <summary>Whether the record carries a value here, readable or not.</summary>
    internal bool HasValue => Problem is not null || (Node is { HasValue: true } && Text is not "");
}

/// <summary>One record, read through selectors. <c>{value: …}</c> objects (references, display values, options) are read through.</summary>
internal sealed class MappedRecord
{
    private const StringSplitOptions Trimming = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    private readonly RecordTokens _tokens;

    internal MappedRecord(Node node, params string[] aliasPrefixes) => _tokens = new RecordTokens(node, aliasPrefixes);

    /// <summary>The record's own node.</summary>
    internal Node Node => _tokens.Node;

    /// <summary>Whether <c>x_value</c> beside <c>x_display_value</c> answers to <c>x</c>, where the record has no <c>x</c>.</summary>
    internal bool PairsAreFlat
    {
        get => _tokens.PairsAreFlat;
        init => _tokens.PairsAreFlat = value;
    }

    /// <summary>Pointer of a member that may be a text of JSON: then expressions lead on into what it holds. Null for none.</summary>
    internal string? TextOfJson
    {
        get => _tokens.TextOfJson;
        init => _tokens.TextOfJson = value;
    }

    /// <summary>The text of a scalar node without surrounding white space (people type it); <c>3.0</c> is <c>3</c>.</summary>
    internal static string? TextOf(Node? node) => node is null
        ? null
        : node.Kind == NodeKind.Number ? node.Integer ?? node.Text : node.Text?.Trim();

    /// <summary>The one node that a selector leads to.</summary>
    internal Mapped One(NodeSelector? selector)
    {
        if (selector is null)
        {
            return default;
        }

        Selection selection = selector.Select(_tokens);
        switch (selection.Nodes.Count)
        {
            case 0:
                return new Mapped(selection.Origin is { Presence: Presence.Empty } empty ? empty : null, null);
            case 1:
                Node node = ReadThrough(selection.Nodes[0]);
                return node.Kind is NodeKind.Object or NodeKind.Array && node.HasValue
                    ? new Mapped(node, "not a string, number or boolean")
                    : new Mapped(node, null);
            default:
                return new Mapped(
                    selection.Origin ?? selection.Nodes[0],
                    "the mapping's expression chooses several nodes where one is wanted; narrow it with a [?filter] or | [0]");
        }
    }

    /// <summary>Every node that a selector chooses.</summary>
    internal IReadOnlyList<Node> Chosen(NodeSelector selector) => [.. selector.Select(_tokens).Nodes.Select(ReadThrough)];

    /// <summary>The members of a set, and the one node that holds them all.</summary>
    internal (Mapped Place, IReadOnlyList<string> Values) Set(NodeSelector selector, char[] separators)
    {
        Selection selection = selector.Select(_tokens);
        Node? place = selection.Origin ?? (selection.Nodes.Count > 0 ? selection.Nodes[0] : null);
        if (place is null)
        {
            return (default, []);
        }

        if (selection.Origin is null && selection.Nodes.Count > 1)
        {
            return (new Mapped(place, "the mapping's expression chooses several nodes that no single node holds; project one array"), []);
        }

        if (selection.Origin is null)
        {
            place = ReadThrough(place);
            if (place.Text is { } text)
            {
                return (new Mapped(place, null), text.Split(separators, Trimming));
            }
        }

        List<Node> items = [.. selection.Nodes.Select(ReadThrough).SelectMany(n => n.Kind == NodeKind.Array ? n.Items.Select(ReadThrough) : [n])];
        return items.Exists(i => i.HasValue && i.Text is null)
            ? (new Mapped(place, "not a list of strings"), [])
            : (new Mapped(place, null), [.. items.Select(TextOf).OfType<string>().Where(t => t.Length > 0)]);
    }

    /// <summary>
    /// Whether a condition holds; null where the record carries none of its members. A member that is stated twice
    /// makes <paramref name="ambiguous"/> the node to blame.
    /// </summary>
    internal bool? Holds(Condition condition, ref Node? ambiguous)
    {
        bool carried = false;
        bool holds = true;
        foreach ((NodeSelector selector, IReadOnlyList<string> values) in condition.Terms)
        {
            List<Node> nodes = [.. selector.Select(_tokens).Nodes.Select(ReadThrough)];
            carried |= nodes.Count > 0;
            ambiguous ??= nodes.Find(n => n.IsAmbiguous);
            holds &= nodes.Exists(n => values.Contains(TextOf(n) ?? "", StringComparer.OrdinalIgnoreCase));
        }

        return carried ? holds : null;
    }

    private static Node ReadThrough(Node node) =>
        node.Kind == NodeKind.Object && node["value"] is { Exists: true } value ? value : node;
}
