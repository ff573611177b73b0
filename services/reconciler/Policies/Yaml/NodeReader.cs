using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Policies.Yaml;

/// <summary>A key that a mapping may have.</summary>
/// <param name="Name">The key.</param>
/// <param name="Example">A value to paste where the key is missing; null for a key that may be left out.</param>
internal sealed record Key(string Name, string? Example);

/// <summary>Reads nodes as typed values. What can't be read is a problem and null; absent nodes are null without one.</summary>
internal sealed class NodeReader(ProblemList problems)
{
    internal ProblemList Problems => problems;

    /// <summary>
    /// A mapping with known keys. Unknown, repeated and missing keys are problems, the other keys are still read:
    /// the first value of a repeated key is taken.
    /// </summary>
    internal IReadOnlyDictionary<string, Node>? Section(Node? node, string path, IReadOnlyList<Key> keys)
    {
        if (Entries(node, path) is not { } mapping)
        {
            return null;
        }

        string[] known = [.. keys.Select(k => k.Name)];
        var section = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach ((ScalarNode key, Node value) in Distinct(mapping, path))
        {
            if (known.Contains(key.Text, StringComparer.Ordinal))
            {
                section.Add(key.Text, value);
            }
            else
            {
                problems.AddUnknown(key.At, "key", key.Text, path, known);
            }
        }

        foreach (Key key in keys.Where(k => k.Example is not null && !section.ContainsKey(k.Name)))
        {
            problems.Add(node!.At, $"'{key.Name}' is missing in {path}", $"add `{key.Name}: {key.Example}`");
        }

        return section;
    }

    /// <summary>A mapping whose keys are published names. Repeated keys are problems, unknown ones too.</summary>
    internal IReadOnlyDictionary<T, (Position At, Node Value)>? Named<T>(Node? node, string path, string kind)
        where T : struct, Enum
    {
        if (Entries(node, path) is not { } mapping)
        {
            return null;
        }

        var named = new Dictionary<T, (Position, Node)>();
        foreach ((ScalarNode key, Node value) in Distinct(mapping, path))
        {
            if (WireNames.TryParse(key.Text, out T name))
            {
                named.Add(name, (key.At, value));
            }
            else
            {
                problems.AddUnknown(key.At, kind, key.Text, path, WireNames.All<T>());
            }
        }

        return named;
    }

    /// <summary>A list.</summary>
    internal IReadOnlyList<Node>? List(Node? node, string path)
    {
        if (node is null or ListNode)
        {
            return (node as ListNode)?.Items;
        }

        Mistyped(node, path, "a list", "write [ ] with the items in it, or one `- item` per line");
        return null;
    }

    /// <summary>A list of distinct, non-empty texts.</summary>
    internal IReadOnlyList<(Position At, string Text)>? Texts(Node? node, string path)
    {
        if (List(node, path) is not { } items)
        {
            return null;
        }

        var texts = new List<(Position, string)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (Node item in items)
        {
            if (Text(item, path) is not { } text)
            {
                continue;
            }

            if (seen.Add(text))
            {
                texts.Add((item.At, text));
            }
            else
            {
                problems.Add(item.At, $"{ProblemList.Quote(text)} is listed twice in {path}", "remove one of them");
            }
        }

        return texts;
    }

    /// <summary>A list of distinct published names.</summary>
    internal IReadOnlyList<(Position At, T Name)>? Names<T>(Node? node, string path, string kind)
        where T : struct, Enum
    {
        if (Texts(node, path) is not { } texts)
        {
            return null;
        }

        var names = new List<(Position, T)>();
        foreach ((Position at, string text) in texts)
        {
            if (WireNames.TryParse(text, out T name))
            {
                names.Add((at, name));
            }
            else
            {
                problems.AddUnknown(at, kind, text, path, WireNames.All<T>());
            }
        }

        return names;
    }

    /// <summary>Text that isn't empty.</summary>
    internal string? Text(Node? node, string path)
    {
        if (node is ScalarNode { Type: ScalarType.Text } scalar)
        {
            if (!string.IsNullOrWhiteSpace(scalar.Text))
            {
                return scalar.Text;
            }

            problems.Add(node.At, $"{path} is empty", "write a value");
        }
        else if (node is ScalarNode { Type: not ScalarType.Null } other)
        {
            Mistyped(node, path, "text", $"put it in quotes: \"{other.Text}\"");
        }
        else if (node is not null)
        {
            Mistyped(node, path, "text", "write a single value");
        }

        return null;
    }

    /// <summary>One published name.</summary>
    internal T? Name<T>(Node? node, string path, string kind)
        where T : struct, Enum
    {
        if (Text(node, path) is not { } text)
        {
            return null;
        }

        if (WireNames.TryParse(text, out T name))
        {
            return name;
        }

        problems.AddUnknown(node!.At, kind, text, path, WireNames.All<T>());
        return null;
    }

    /// <summary><c>true</c> or <c>false</c>.</summary>
    internal bool? Truth(Node? node, string path)
    {
        if (node is ScalarNode { Type: ScalarType.Truth } scalar)
        {
            return scalar.Text[0] is 't' or 'T';
        }

        if (node is not null)
        {
            Mistyped(node, path, "a truth value", "write true or false, without quotes");
        }

        return null;
    }

    /// <summary>A duration; zero only where <paramref name="allowZero"/>.</summary>
    internal TimeSpan? Span(Node? node, string path, bool allowZero, string fix = Duration.Fix)
    {
        if (node is not ScalarNode scalar || scalar.Type is ScalarType.Null or ScalarType.Truth)
        {
            if (node is not null)
            {
                Mistyped(node, path, "a duration", fix);
            }

            return null;
        }

        if (!Duration.TryParse(scalar.Text, out TimeSpan span))
        {
            problems.Add(node.At, $"{ProblemList.Quote(scalar.Text)} in {path} is no duration", fix);
            return null;
        }

        if (span == TimeSpan.Zero && !allowZero)
        {
            problems.Add(node.At, $"{path} is zero", "write a duration longer than nothing");
            return null;
        }

        return span;
    }

    private IReadOnlyList<MappingEntry>? Entries(Node? node, string path)
    {
        if (node is null or MappingNode)
        {
            return (node as MappingNode)?.Entries;
        }

        Mistyped(node, path, "a mapping", "write `key: value` lines");
        return null;
    }

    private IEnumerable<MappingEntry> Distinct(IReadOnlyList<MappingEntry> mapping, string path)
    {
        var first = new Dictionary<string, Position>(StringComparer.Ordinal);
        foreach (MappingEntry entry in mapping)
        {
            if (first.TryAdd(entry.Key.Text, entry.Key.At))
            {
                yield return entry;
            }
            else
            {
                int line = first[entry.Key.Text].Line;
                problems.Add(entry.Key.At, $"{ProblemList.Quote(entry.Key.Text)} stands twice in {path}, first on line {line}", "keep one of them");
            }
        }
    }

    private void Mistyped(Node node, string path, string wanted, string fix) =>
        problems.Add(node.At, $"{path} is {node.Kind}, not {wanted}", fix);
}
