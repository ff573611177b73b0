using System.Diagnostics.CodeAnalysis;
using DevLab.JmesPath.Expressions;
using Newtonsoft.Json.Linq;
using ReleaseIntegrity.Collectors.Formats;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;

/// <summary>
/// A JMESPath expression that chooses nodes of a record: members, indexes, projections, filters, pipes and <c>||</c>.
/// What makes new values (functions, multiselect, arithmetic, literals) has no place in the kept bytes and is refused
/// (invariant I6), and so are slices, which always choose several.
/// </summary>
public sealed class NodeSelector
{
    private readonly JmesPathExpression _path;
    private readonly PathTree? _plain;
    private readonly JmesPathExpression? _origin;
    private readonly bool _isProjection;

    private NodeSelector(string expression, PathTree tree)
    {
        Expression = expression;
        _path = tree.Operator;
        _plain = tree.IsPlain ? tree : null;
        _isProjection = tree.IsProjection;
        _origin = _isProjection ? tree.Origin() : null;
    }

    /// <summary>The expression as written.</summary>
    public string Expression { get; }

    /// <inheritdoc/>
    public override string ToString() => Expression;

    /// <summary>Parses an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="selector">The selector; null where the expression is refused.</param>
    /// <param name="problem">What is wrong and how to mend it; null where nothing is.</param>
    public static bool TryParse(
        string expression, [NotNullWhen(true)] out NodeSelector? selector, [NotNullWhen(false)] out string? problem)
    {
        selector = null;
        JmesPathExpression parsed;
        try
        {
            parsed = new DevLab.JmesPath.JmesPath().Parse(expression);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The parser throws plain exceptions: whatever they are, the expression is at fault.
            problem = $"not a JMESPath expression ({e.Message.TrimEnd('.')}); write e.g. u_release_train or fields.fixVersions[0].name";
            return false;
        }

        if (!PathTree.TryBuild(parsed, out PathTree? tree, out string? offender))
        {
            problem = $"'{offender}' does not choose one node of the record; name members, indexes or [?filters] | [0] only";
            return false;
        }

        selector = new NodeSelector(expression, tree);
        problem = null;
        return true;
    }

    /// <summary>The nodes that the expression chooses, in the record's order.</summary>
    internal Selection Select(RecordTokens record)
    {
        if (_plain is not null)
        {
            // Most expressions are such: making tokens of the whole record for the library costs many times the parsing.
            return new Selection(_plain.Follow(record, record.Node) is { } node ? [node] : [], null);
        }

        var argument = new JmesPathArgument(record.Root);
        List<Node> nodes = [];
        Collect(_path.Transform(argument), nodes);
        Node? origin = null;
        if (_isProjection)
        {
            origin = _origin is null ? record.Node : RecordTokens.NodeOf(_origin.Transform(argument).AsJToken());
        }

        return new Selection(nodes, origin);
    }

    private static void Collect(JmesPathArgument result, List<Node> nodes)
    {
        if (result.IsProjection)
        {
            foreach (JmesPathArgument element in result.Projection)
            {
                Collect(element, nodes);
            }
        }
        else if (result.Token is { } token)
        {
            Collect(token, nodes);
        }
    }

    /// <summary>A token that is no node of the record is a list that an operator made of such nodes, or the null of an absent member.</summary>
    private static void Collect(JToken token, List<Node> nodes)
    {
        if (RecordTokens.NodeOf(token) is { } node)
        {
            nodes.Add(node);
        }
        else if (token is JArray list)
        {
            foreach (JToken item in list)
            {
                Collect(item, nodes);
            }
        }
    }
}

/// <summary>What a selector chose in one record.</summary>
/// <param name="Nodes">The nodes; none where the record carries none.</param>
/// <param name="Origin">For a projection: the array (or object) that it is made from, whose place stands for all of them.</param>
internal readonly record struct Selection(IReadOnlyList<Node> Nodes, Node? Origin);
