using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ReleaseIntegrity.Policies.Yaml;

/// <summary>
/// Reads one YAML document into nodes that know their place. Iterative and bounded: depth, and the number of nodes
/// with every alias written out, so that a few lines of nested aliases can't stand for a billion nodes.
/// </summary>
internal sealed class YamlTree
{
    /// <summary>Deeper than any policy.</summary>
    internal const int MaxDepth = 32;

    /// <summary>A policy of all fields with dozens of rules each has a tenth of that.</summary>
    internal const long MaxNodes = 50_000;

    private readonly ProblemList _problems;
    private readonly Stack<Frame> _open = new();
    private readonly Dictionary<string, Node> _anchors = new(StringComparer.Ordinal);
    private readonly HashSet<string> _openAnchors = new(StringComparer.Ordinal);
    private Node? _root;
    private int _documents;

    private YamlTree(ProblemList problems) => _problems = problems;

    /// <summary>The document's root, or null with the problem that stopped the reading.</summary>
    internal static Node? Read(string text, ProblemList problems)
    {
        var tree = new YamlTree(problems);
        using var reader = new StringReader(text);
        var parser = new Parser(reader);
        try
        {
            while (parser.MoveNext())
            {
                if (parser.Current is { } current && !tree.Take(current))
                {
                    return null;
                }
            }
        }
        catch (YamlException bad)
        {
            return tree.Stop(PositionOf(bad.Start), $"not readable as YAML: {OneLine(bad.Message)}", "mend the syntax here or just above");
        }
        catch (Exception bad) when (bad is not OutOfMemoryException)
        {
            // The library promises no list of exceptions; a document must never take a service down.
            return tree.Stop(Position.Start, $"not readable as YAML: {bad.GetType().Name}", "mend the syntax");
        }

        return tree._root ?? tree.Stop(Position.Start, "the document is empty", "start from default-policy.yaml");
    }

    private static Position PositionOf(Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    private static string OneLine(string message) => ProblemList.Quote(message.TrimEnd('.'));

    private Node? Stop(Position at, string what, string fix)
    {
        _problems.Add(at, what, fix);
        return null;
    }

    private bool Take(ParsingEvent current) => current switch
    {
        DocumentStart start => TakeDocument(start),
        NodeEvent { Tag.IsEmpty: false } tagged => Stop(PositionOf(tagged.Start), "a YAML tag", "remove the tag: a policy has none") is not null,
        AnchorAlias alias => TakeAlias(alias),
        Scalar scalar => Place(
            new ScalarNode(PositionOf(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain),
            AnchorOf(scalar)),
        MappingStart start => Open(start, isMapping: true),
        SequenceStart start => Open(start, isMapping: false),
        MappingEnd or SequenceEnd => Close(),
        _ => true,
    };

    private bool TakeDocument(DocumentStart start) =>
        ++_documents == 1 || Stop(PositionOf(start.Start), "a second document", "keep one policy per file") is not null;

    private bool TakeAlias(AnchorAlias alias)
    {
        string name = alias.Value.Value;
        Position at = PositionOf(alias.Start);
        if (_openAnchors.Contains(name))
        {
            return Stop(at, $"alias '*{name}' stands inside its own anchor", "write the value out") is not null;
        }

        return _anchors.TryGetValue(name, out Node? node)
            ? Place(node, anchor: null)
            : Stop(at, $"alias '*{name}' has no anchor before it", $"define '&{name}' above, or write the value out") is not null;
    }

    private bool Open(NodeEvent start, bool isMapping)
    {
        Position at = PositionOf(start.Start);
        if (_open.Count >= MaxDepth)
        {
            return Stop(at, $"nested deeper than {MaxDepth} levels", "a policy has at most six") is not null;
        }

        string? anchor = AnchorOf(start);
        if (anchor is not null)
        {
            _openAnchors.Add(anchor);
        }

        _open.Push(new Frame(at, isMapping, anchor));
        return true;
    }

    private bool Close()
    {
        Frame done = _open.Pop();
        if (done.Anchor is not null)
        {
            _openAnchors.Remove(done.Anchor);
        }

        return Place(done.ToNode(), done.Anchor);
    }

    private bool Place(Node node, string? anchor)
    {
        if (anchor is not null)
        {
            _anchors[anchor] = node;
        }

        if (!_open.TryPeek(out Frame? parent))
        {
            _root ??= node;
            return true;
        }

        parent.Size += node.Size;
        if (parent.Size > MaxNodes)
        {
            return Stop(parent.At, $"more than {MaxNodes} values with aliases written out", "remove aliases of aliases") is not null;
        }

        return parent.TryAdd(node) || Stop(node.At, $"a key that is {node.Kind}", "a key is a single word") is not null;
    }

    private static string? AnchorOf(NodeEvent node) => node.Anchor.IsEmpty ? null : node.Anchor.Value;

    /// <summary>A mapping or list that isn't closed yet.</summary>
    private sealed class Frame(Position at, bool isMapping, string? anchor)
    {
        private readonly List<Node> _items = [];
        private readonly List<MappingEntry> _entries = [];
        private ScalarNode? _key;

        internal Position At => at;

        internal string? Anchor => anchor;

        internal long Size { get; set; } = 1;

        internal bool TryAdd(Node node)
        {
            if (!isMapping)
            {
                _items.Add(node);
            }
            else if (_key is { } key)
            {
                _entries.Add(new MappingEntry(key, node));
                _key = null;
            }
            else
            {
                _key = node as ScalarNode;
                return _key is not null;
            }

            return true;
        }

        internal Node ToNode() => isMapping ? new MappingNode(at, _entries, Size) : new ListNode(at, _items, Size);
    }
}
