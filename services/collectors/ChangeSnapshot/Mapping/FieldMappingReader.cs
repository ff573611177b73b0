using System.Globalization;
using ReleaseIntegrity.Contracts;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;

/// <summary>
/// Reads mapping documents. A document states the <c>format</c>, its own <c>version</c> (1 to 999) and whatever differs
/// from the shipped default of that format; <c>null</c> takes a default away. <c>approval</c> and <c>withdrawn</c>
/// replace the default whole. Unknown, repeated and computing members are refused with file, line and member.
/// </summary>
public static class FieldMappingReader
{
    private const int MaxVersion = 999;

    private static readonly string[] Members =
    [
        "format", "version", "id", "revision", "time", "instance", "image", "digest", "fields", "approval", "withdrawn",
    ];

    /// <summary>Reads a document over the shipped default of its format.</summary>
    /// <param name="text">The document, YAML or JSON.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="FieldMappingException">The document is refused.</exception>
    public static FieldMapping Read(string text, string file)
    {
        var document = new Document(file, Root(text, file));
        string format = document.Format();
        return Overlay(document, ReadShipped(format)) with { Version = document.Version(minimum: 1) };
    }

    /// <summary>The default that ships for a format.</summary>
    internal static FieldMapping ReadShipped(string format)
    {
        string file = $"{format}.yaml";
        using Stream stream = typeof(FieldMappingReader).Assembly.GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"the assembly carries no resource {file}");
        using var reader = new StreamReader(stream);
        var document = new Document(file, Root(reader.ReadToEnd(), file));
        return Overlay(document, null) with { Version = document.Version(minimum: 0) };
    }

    private static YamlMappingNode Root(string text, string file)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new FieldMappingException(file, e.Start.Line, "", $"not YAML or JSON: {e.Message}");
        }

        return stream.Documents is [{ RootNode: YamlMappingNode root }]
            ? root
            : throw new FieldMappingException(file, 1, "", "one document with an object as its root is wanted");
    }

    private static FieldMapping Overlay(Document document, FieldMapping? shipped)
    {
        document.RefuseUnknown(document.Root, "", Members);
        NodeSelector? Selector(string member, NodeSelector? inherited) =>
            document.TryGet(document.Root, member, out YamlNode node) ? document.Selector(node, member) : inherited;

        return new FieldMapping
        {
            Format = document.Format(),
            Version = 0,
            Id = Selector("id", shipped?.Id) ?? throw document.Refuse(
                document.Root, "id", "every mapping needs the record's immutable id; write e.g. id: sys_id"),
            Revision = Selector("revision", shipped?.Revision),
            Time = Selector("time", shipped?.Time),
            Instance = Selector("instance", shipped?.Instance),
            Image = document.TryGet(document.Root, "image", out YamlNode image) ? Image(document, image) : shipped?.Image,
            Digest = Selector("digest", shipped?.Digest),
            Fields = Fields(document, shipped?.Fields ?? new Dictionary<Field, NodeSelector>()),
            Approval = document.TryGet(document.Root, "approval", out YamlNode rows)
                ? Approvals(document, rows)
                : shipped?.Approval ?? [],
            Withdrawn = document.TryGet(document.Root, "withdrawn", out YamlNode withdrawn)
                ? document.IsNull(withdrawn) ? null : Where(document, withdrawn, "withdrawn")
                : shipped?.Withdrawn,
        };
    }

    private static ImageMapping? Image(Document document, YamlNode node)
    {
        if (node is not YamlMappingNode parts)
        {
            return document.Selector(node, "image") is { } whole ? new ImageMapping(whole, null, null, null) : null;
        }

        document.RefuseUnknown(parts, "image.", ["registry", "repository", "tag"]);
        NodeSelector? Part(string member) =>
            document.TryGet(parts, member, out YamlNode part) ? document.Selector(part, $"image.{member}") : null;
        return new ImageMapping(null, Part("registry"), Part("repository"), Part("tag")) is { Repository: not null } image
            ? image
            : throw document.Refuse(node, "image.repository", "a reference needs its repository; map it, or map image to one node");
    }

    private static Dictionary<Field, NodeSelector> Fields(Document document, IReadOnlyDictionary<Field, NodeSelector> shipped)
    {
        var fields = new Dictionary<Field, NodeSelector>(shipped);
        if (!document.TryGet(document.Root, "fields", out YamlNode node))
        {
            return fields;
        }

        foreach ((string name, YamlNode value) in document.Entries(node, "fields"))
        {
            string member = $"fields.{name}";
            if (!WireNames.TryParse(name, out Field field) || !FieldMapping.Mappable.Contains(field))
            {
                throw document.Refuse(value, member, FieldMapping.Derived.Contains(field) && WireNames.Of(field) == name
                    ? "this field follows from the approved reference; map image and digest instead"
                    : $"no field that a change record may state; known: {string.Join(", ", FieldMapping.Mappable.Select(f => WireNames.Of(f)))}");
            }

            if (document.Selector(value, member) is { } selector)
            {
                fields[field] = selector;
            }
            else
            {
                fields.Remove(field);
            }
        }

        return fields;
    }

    private static List<ApprovalRow> Approvals(Document document, YamlNode node)
    {
        if (node is not YamlSequenceNode rows)
        {
            throw document.Refuse(node, "approval", "a list of rows {is, where} is wanted, the first that holds decides");
        }

        var table = new List<ApprovalRow>();
        foreach (YamlNode row in rows)
        {
            string member = $"approval[{table.Count}]";
            document.RefuseUnknown(row, $"{member}.", ["is", "where"]);
            if (!document.TryGet(row, "is", out YamlNode state)
                || !WireNames.TryParse((state as YamlScalarNode)?.Value, out Approval approval))
            {
                throw document.Refuse(row, $"{member}.is", $"one of {string.Join(", ", WireNames.All<Approval>())} is wanted");
            }

            table.Add(document.TryGet(row, "where", out YamlNode where)
                ? new ApprovalRow(approval, Where(document, where, $"{member}.where"))
                : throw document.Refuse(row, $"{member}.where", "missing; write e.g. where: {state: [\"4\"]}"));
        }

        return table;
    }

    private static Condition Where(Document document, YamlNode node, string member)
    {
        var terms = new List<(NodeSelector, IReadOnlyList<string>)>();
        foreach ((string expression, YamlNode value) in document.Entries(node, member))
        {
            NodeSelector selector = document.Selector(expression, value, member);
            string[] values = value switch
            {
                YamlSequenceNode list when list.All(v => v is YamlScalarNode) => [.. list.Select(v => ((YamlScalarNode)v).Value ?? "")],
                YamlScalarNode { Value: { } one } when !document.IsNull(value) => [one],
                _ => [],
            };
            terms.Add(values.Length > 0
                ? (selector, values)
                : throw document.Refuse(value, member, "a value, or a list of at least one, is wanted beside the expression"));
        }

        return terms.Count > 0
            ? new Condition(terms)
            : throw document.Refuse(node, member, "at least one expression with its values is wanted");
    }

    /// <summary>A document being read: every refusal carries the line of the node it is about.</summary>
    private sealed record Document(string File, YamlMappingNode Root)
    {
        internal FieldMappingException Refuse(YamlNode node, string member, string problem) =>
            new(File, node.Start.Line, member, problem);

        internal bool IsNull(YamlNode node) =>
            node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" };

        internal bool TryGet(YamlNode parent, string member, out YamlNode node) =>
            ((YamlMappingNode)parent).Children.TryGetValue(new YamlScalarNode(member), out node!);

        internal string Format() =>
            TryGet(Root, "format", out YamlNode node) && node is YamlScalarNode { Value: { } format } && FieldMappings.Formats.Contains(format)
                ? format
                : throw Refuse(node ?? Root, "format", $"one of {string.Join(", ", FieldMappings.Formats)} is wanted");

        internal int Version(int minimum) =>
            TryGet(Root, "version", out YamlNode node)
            && int.TryParse((node as YamlScalarNode)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int version)
            && version >= minimum && version <= MaxVersion
                ? version
                : throw Refuse(node ?? Root, "version", $"a whole number from {minimum} to {MaxVersion} is wanted; raise it with every change");

        internal void RefuseUnknown(YamlNode node, string prefix, string[] known)
        {
            foreach ((string name, YamlNode value) in Entries(node, prefix.TrimEnd('.')))
            {
                if (!known.Contains(name))
                {
                    throw Refuse(value, prefix + name, $"no such member; known: {string.Join(", ", known)}");
                }
            }
        }

        internal IEnumerable<(string Name, YamlNode Value)> Entries(YamlNode node, string member) =>
            node is YamlMappingNode map
                ? map.Children.Select(pair => pair.Key is YamlScalarNode { Value: { } name }
                    ? (name, pair.Value)
                    : throw Refuse(pair.Key, member, "a name is wanted"))
                : throw Refuse(node, member, "an object is wanted");

        internal NodeSelector? Selector(YamlNode node, string member) =>
            IsNull(node) ? null
            : node is YamlScalarNode { Value: { } expression } ? Selector(expression, node, member)
            : throw Refuse(node, member, "one JMESPath expression is wanted");

        internal NodeSelector Selector(string expression, YamlNode node, string member) =>
            NodeSelector.TryParse(expression, out NodeSelector? selector, out string? problem)
                ? selector
                : throw Refuse(node, member, problem);
    }
}
