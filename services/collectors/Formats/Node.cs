using System.Globalization;
using System.Text.Json;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Formats;

/// <summary>
/// One place of a notification, walked to from <see cref="SourceDocument.Root"/>. No member throws, whatever the
/// payload holds: a member that is not there is a node too (<see cref="NodeKind.Absent"/>), and knows where it would
/// be. The place is only written out when <see cref="Place"/> or <see cref="Pointer"/> is read. Nodes are valid until
/// their document is disposed.
/// </summary>
public sealed partial class Node
{
    private readonly Tree _tree;
    private readonly Node? _parent;
    private readonly string? _name;
    private readonly int _index;
    private readonly JsonElement _element;
    private readonly object? _content;
    private string? _text;
    private string? _pointer;
    private Place? _place;

    private Node(Tree tree, Node? parent, string? name, int index, NodeKind kind, JsonElement element)
    {
        _tree = tree;
        _parent = parent;
        _name = name;
        _index = index;
        Kind = kind;
        _element = element;
    }

    private Node(Tree tree, ReadOnlyMemory<byte> bytes)
    {
        _tree = tree;
        Kind = NodeKind.Bytes;
        _content = bytes;
    }

    private Node(Tree tree, NormalisedItem.Rejected failure)
    {
        _tree = tree;
        Kind = NodeKind.Undecodable;
        _content = failure;
    }

    /// <summary>What it is.</summary>
    public NodeKind Kind { get; }

    /// <summary>For a failed decode step: why, and where. Null elsewhere.</summary>
    public NormalisedItem.Rejected? Failure => _content as NormalisedItem.Rejected;

    /// <summary>The member name within its object; empty for an array item or a root.</summary>
    public string Name => _name ?? "";

    /// <summary>Whether the document has the node at all, an explicit null included.</summary>
    public bool Exists => Kind is not (NodeKind.Absent or NodeKind.Undecodable);

    /// <summary>Whether it is there and neither null nor empty.</summary>
    public bool HasValue => Presence == Presence.Value;

    /// <summary>Absent, explicitly empty, or a value.</summary>
    public Presence Presence => Kind switch
    {
        NodeKind.Absent or NodeKind.Undecodable => Presence.Absent,
        NodeKind.Null => Presence.Empty,
        NodeKind.String => Text is { Length: > 0 } ? Presence.Value : Presence.Empty,
        NodeKind.Array => _element.GetArrayLength() > 0 ? Presence.Value : Presence.Empty,
        NodeKind.Object => _element.GetPropertyCount() > 0 ? Presence.Value : Presence.Empty,
        NodeKind.Bytes => Bytes.IsEmpty ? Presence.Empty : Presence.Value,
        _ => Presence.Value,
    };

    /// <summary>
    /// The raw scalar text: a string's characters, a number or boolean as spelled. Null for everything else, an
    /// explicit null included.
    /// </summary>
    public string? Text => _text ??= Kind switch
    {
        NodeKind.String => _element.GetString(),
        NodeKind.Number or NodeKind.Boolean => _element.GetRawText(),
        _ => null,
    };

    /// <summary>The text, where there is one of at least one character; else null.</summary>
    public string? Value => Text is { Length: > 0 } text ? text : null;

    /// <summary>A string's characters; null for a node of any other kind, numbers included.</summary>
    public string? String => Kind == NodeKind.String ? Text : null;

    /// <summary>The whole number in canonical decimal digits, quoted or not, in any spelling; else null.</summary>
    public string? Integer => Kind is NodeKind.Number or NodeKind.String && Numbers.TryInteger(Text, out string i) ? i : null;

    /// <summary>The whole number as 64 bits; null where it is none or out of range.</summary>
    public long? Int64 => Kind is NodeKind.Number or NodeKind.String && Numbers.TryInt64(Text, out long i) ? i : null;

    /// <summary>True or false, also as the quoted words; null otherwise.</summary>
    public bool? Boolean => Kind is NodeKind.Boolean or NodeKind.String
        ? Text switch { "true" => true, "false" => false, _ => null }
        : null;

    /// <summary>The bytes of a <see cref="NodeKind.Bytes"/> node; empty for any other.</summary>
    public ReadOnlyMemory<byte> Bytes => _content is ReadOnlyMemory<byte> bytes ? bytes : default;

    /// <summary>
    /// A member. Where an object has it twice, the last one (as the pointer resolves it); ask
    /// <see cref="HasDuplicate"/> for members that identify something.
    /// </summary>
    public Node this[string name] =>
        Kind == NodeKind.Object && _element.TryGetProperty(name, out JsonElement member)
            ? new Node(_tree, this, name, -1, KindOf(member), member)
            : new Node(_tree, this, name, -1, NodeKind.Absent, default);

    /// <summary>An array item.</summary>
    public Node this[int index] =>
        Kind == NodeKind.Array && index >= 0 && index < _element.GetArrayLength()
            ? ItemAt(_element[index], index)
            : new Node(_tree, this, null, index, NodeKind.Absent, default);

    /// <summary>The items of an array, in order; empty for any other node.</summary>
    public IReadOnlyList<Node> Items
    {
        get
        {
            if (Kind != NodeKind.Array)
            {
                return [];
            }

            var items = new Node[_element.GetArrayLength()];
            int index = 0;
            foreach (JsonElement element in _element.EnumerateArray())
            {
                items[index] = ItemAt(element, index);
                index++;
            }

            return items;
        }
    }

    /// <summary>The members of an object in document order, each name once (the last one counts); empty for any other node.</summary>
    public IEnumerable<Node> Members
    {
        get
        {
            if (Kind != NodeKind.Object)
            {
                yield break;
            }

            HashSet<string>? seen = _tree.Duplicates ? new(StringComparer.Ordinal) : null;
            foreach (JsonProperty property in _element.EnumerateObject())
            {
                string name = property.Name;
                if (seen is null || seen.Add(name))
                {
                    yield return seen is null
                        ? new Node(_tree, this, name, -1, KindOf(property.Value), property.Value)
                        : this[name];
                }
            }
        }
    }

    /// <summary>Whether the object states a member more than once, in which case none of them can be relied on.</summary>
    public bool HasDuplicate(string name)
    {
        if (Kind != NodeKind.Object || !_tree.Duplicates)
        {
            return false;
        }

        int count = 0;
        foreach (JsonProperty property in _element.EnumerateObject())
        {
            count += property.NameEquals(name) ? 1 : 0;
        }

        return count > 1;
    }

    /// <summary>Whether the way to this node passes a member that is stated more than once: then no pointer selects exactly one node.</summary>
    public bool IsAmbiguous
    {
        get
        {
            for (Node node = this; ;)
            {
                if (node._parent is not null)
                {
                    if (node._name is not null && node._parent.HasDuplicate(node._name))
                    {
                        return true;
                    }

                    node = node._parent;
                }
                else if (node._tree.Origin is not null)
                {
                    node = node._tree.Origin;
                }
                else
                {
                    return false;
                }
            }
        }
    }

    /// <summary>JSON Pointer (RFC 6901) within the document that the decode steps lead to.</summary>
    public string Pointer => _pointer ??= _parent is null ? ""
        : _name is null ? string.Concat(_parent.Pointer, "/", _index.ToString(CultureInfo.InvariantCulture))
        : string.Concat(_parent.Pointer, "/", Escaped(_name));

    /// <summary>Decode steps and pointer: reading the kept bytes there gives <see cref="Text"/> again.</summary>
    public Place Place => _place ??= new Place(_tree.Steps(), Pointer);

    /// <summary>
    /// The node that a JSON Pointer (RFC 6901) relative to this node selects; absent where there is none or the
    /// pointer is malformed.
    /// </summary>
    public Node Select(string pointer)
    {
        if (pointer.Length == 0)
        {
            return this;
        }

        Node node = this;
        foreach (string escaped in pointer.Split('/').Skip(1))
        {
            string name = escaped.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            node = node.Kind == NodeKind.Array
                ? node[IsIndex(name) && int.TryParse(name, CultureInfo.InvariantCulture, out int i) ? i : -1]
                : node[name];
        }

        return pointer[0] == '/' ? node : new Node(_tree, this, pointer, -1, NodeKind.Absent, default);
    }

    /// <summary>Rejects the item for what this node holds.</summary>
    /// <param name="reason">What is wrong, without the value.</param>
    public NormalisedItem.Rejected Reject(string reason) => new(reason, Pointer);

    private static string Escaped(string name) =>
        name.AsSpan().ContainsAny('~', '/')
            ? name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)
            : name;

    private static bool IsIndex(string text) =>
        text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9') && (text.Length == 1 || text[0] != '0');

    private Node ItemAt(JsonElement element, int index) => new(_tree, this, null, index, KindOf(element), element);

    private static NodeKind KindOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => NodeKind.Object,
        JsonValueKind.Array => NodeKind.Array,
        JsonValueKind.String => NodeKind.String,
        JsonValueKind.Number => NodeKind.Number,
        JsonValueKind.True or JsonValueKind.False => NodeKind.Boolean,
        JsonValueKind.Null => NodeKind.Null,
        _ => NodeKind.Absent,
    };
}
