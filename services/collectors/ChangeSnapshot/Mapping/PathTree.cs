using System.Diagnostics.CodeAnalysis;
using DevLab.JmesPath.Expressions;
using DevLab.JmesPath.Interop;
using ReleaseIntegrity.Collectors.Formats;

namespace ReleaseIntegrity.Collectors.ChangeSnapshot.Mapping;

/// <summary>
/// The operators of a JMESPath expression, checked to be ones that choose nodes and never make new ones. The library
/// keeps operands to itself but visits every operator before its operands, left first, which is enough to see the tree.
/// </summary>
/// <param name="Operator">The operator.</param>
/// <param name="Left">Its first operand.</param>
/// <param name="Right">Its second operand.</param>
internal sealed record PathTree(JmesPathExpression Operator, PathTree? Left, PathTree? Right)
{
    private static readonly HashSet<Type> Choosing =
    [
        typeof(JmesPathIdentifier), typeof(JmesPathIndex), typeof(JmesPathSubExpression), typeof(JmesPathIndexExpression),
        typeof(JmesPathPipeExpression), typeof(JmesPathOrExpression), typeof(JmesParenExpression),
        typeof(JmesPathCurrentNodeExpression), typeof(JmesPathListWildcardProjection),
        typeof(JmesPathHashWildcardProjection), typeof(JmesPathFlattenProjection), typeof(JmesPathFilterProjection),
    ];

    // A predicate's own value is thrown away, so that it may compare; it may not call functions, which can fail on a
    // record that the author never thought of.
    private static readonly HashSet<Type> Comparing =
    [
        .. Choosing, typeof(JmesPathLiteral), typeof(JmesPathRawString), typeof(JmesPathAndExpression),
        typeof(JmesPathNotExpression), typeof(JmesPathEqualOperator), typeof(JmesPathNotEqualOperator),
        typeof(JmesPathLessThanOperator), typeof(JmesPathLessThanOrEqualOperator),
        typeof(JmesPathGreaterThanOperator), typeof(JmesPathGreaterThanOrEqualOperator),
    ];

    /// <summary>Whether the whole result is a list made from the nodes of one place, so that the place stands for it.</summary>
    internal bool IsProjection => !Any(t => t.Operator is JmesPathPipeExpression or JmesPathOrExpression)
        && Any(t => t.Operator is JmesPathProjection);

    /// <summary>Whether it only names members and falls back on others, so that it can be followed on the record itself.</summary>
    internal bool IsPlain => !Any(t => t.Operator is not (JmesPathIdentifier or JmesPathSubExpression or JmesPathOrExpression or JmesParenExpression));

    /// <summary>The tree of a parsed expression; false with the offending operator where it computes.</summary>
    internal static bool TryBuild(
        JmesPathExpression root, [NotNullWhen(true)] out PathTree? tree, [NotNullWhen(false)] out string? offender)
    {
        tree = null;
        var operators = Operators(root);

        // The root holds the context of $, which is refused: evaluating below it keeps selectors free of state.
        int next = 1;
        if (Refused(operators, next, operators.Count, Choosing) is { } refused)
        {
            offender = refused.ToString() ?? refused.GetType().Name;
            return false;
        }

        offender = null;
        tree = Take(operators, ref next);
        return true;
    }

    /// <summary>
    /// What the first projection is made from: the operand to evaluate, or null where that is the record itself.
    /// </summary>
    internal JmesPathExpression? Origin()
    {
        if (Left is not null && Left.Any(t => t.Operator is JmesPathProjection))
        {
            return Left.Origin();
        }

        return Right?.Operator is JmesPathProjection ? Left!.Operator : null;
    }

    /// <summary>The node to which a plain expression leads, as the library would find it; null for none.</summary>
    internal Node? Follow(RecordTokens record, Node from)
    {
        if (Operator is JmesPathIdentifier member)
        {
            return record.Member(from, member.Name);
        }

        Node? left = Left!.Follow(record, from);
        return Operator switch
        {
            // A member of null is that null, which has a place.
            JmesPathSubExpression => left is null or { Kind: NodeKind.Null } ? left : Right!.Follow(record, left),
            JmesPathOrExpression => left is { HasValue: true } and not { Kind: NodeKind.Boolean, Boolean: false } ? left : Right!.Follow(record, from),
            _ => left,
        };
    }

    private bool Any(Func<PathTree, bool> predicate) =>
        predicate(this) || Left?.Any(predicate) == true || Right?.Any(predicate) == true;

    private static JmesPathExpression? Refused(List<JmesPathExpression> operators, int from, int to, HashSet<Type> allowed)
    {
        for (int i = from; i < to; i++)
        {
            if (!allowed.Contains(operators[i].GetType()))
            {
                return operators[i];
            }

            if (operators[i] is JmesPathFilterProjection filter)
            {
                int end = i + 1 + Operators(filter.Expression).Count;
                if (Refused(operators, i + 1, end, Comparing) is { } refused)
                {
                    return refused;
                }

                i = end - 1;
            }
        }

        return null;
    }

    private static PathTree Take(List<JmesPathExpression> operators, ref int next)
    {
        JmesPathExpression taken = operators[next++];
        switch (taken)
        {
            case JmesPathCompoundExpression:
                PathTree left = Take(operators, ref next);
                return new PathTree(taken, left, Take(operators, ref next));
            case JmesPathSimpleExpression:
                return new PathTree(taken, Take(operators, ref next), null);
            case JmesPathFilterProjection filter:
                next += Operators(filter.Expression).Count;
                return new PathTree(taken, null, null);
            default:
                return new PathTree(taken, null, null);
        }
    }

    private static List<JmesPathExpression> Operators(JmesPathExpression expression)
    {
        var visitor = new Collecting();
        expression.Accept(visitor);
        return visitor.Operators;
    }

    private sealed class Collecting : IVisitor
    {
        internal List<JmesPathExpression> Operators { get; } = [];

        public void Visit(JmesPathExpression expression) => Operators.Add(expression);
    }
}
