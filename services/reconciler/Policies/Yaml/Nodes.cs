namespace ReleaseIntegrity.Policies.Yaml;

/// <summary>A value of the document, with its place. Aliases share the node of their anchor.</summary>
/// <param name="at">Where it starts.</param>
/// <param name="size">Number of nodes in it, itself included, as if every alias were written out.</param>
internal abstract class Node(Position at, long size)
{
    internal Position At => at;

    internal long Size => size;

    /// <summary>What it is, in words for a message.</summary>
    internal abstract string Kind { get; }
}

/// <summary>Text, or with the YAML 1.2 core schema (section 10.3) a plain null, truth value or number.</summary>
internal sealed class ScalarNode(Position at, string text, bool plain) : Node(at, 1)
{
    internal string Text => text;

    internal ScalarType Type { get; } = plain ? CoreSchema.TypeOf(text) : ScalarType.Text;

    internal override string Kind => Type switch
    {
        ScalarType.Null => "nothing",
        ScalarType.Truth => "a truth value",
        ScalarType.Number => "a number",
        _ => "text",
    };
}

/// <summary>An ordered list.</summary>
internal sealed class ListNode(Position at, IReadOnlyList<Node> items, long size) : Node(at, size)
{
    internal IReadOnlyList<Node> Items => items;

    internal override string Kind => "a list";
}

/// <summary>Keys and values in document order, duplicates included.</summary>
internal sealed class MappingNode(Position at, IReadOnlyList<MappingEntry> entries, long size) : Node(at, size)
{
    internal IReadOnlyList<MappingEntry> Entries => entries;

    internal override string Kind => "a mapping";
}

/// <summary>One key with its value.</summary>
internal readonly record struct MappingEntry(ScalarNode Key, Node Value);
