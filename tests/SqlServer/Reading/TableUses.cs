using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace ReleaseIntegrity.Tests.SqlServer.Reading;

/// <summary>
/// Which tables a statement reads or changes, and by which columns it finds or orders their rows. A column without a table
/// counts for every table of the statement.
/// </summary>
internal sealed class TableUses : TSqlFragmentVisitor
{
    private readonly List<(string Table, string Alias)> _tables = [];
    private readonly List<(string? Of, string Column)> _columns = [];
    private readonly HashSet<string> _inner = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<TSqlFragment> _inserted = [];

    private TableUses()
    {
    }

    /// <summary>By table: the columns that it is sought by.</summary>
    public static ILookup<string, IReadOnlySet<string>> Of(string sql)
    {
        var uses = new TableUses();
        StandIns.Parse(sql).Accept(uses);
        return uses._tables
            .Where(t => !uses._inner.Contains(t.Table))
            .ToLookup(
                t => t.Table,
                t => (IReadOnlySet<string>)uses._columns
                    .Where(c => c.Of is null || c.Of == t.Alias || c.Of == t.Table)
                    .Select(c => c.Column)
                    .ToHashSet(StringComparer.Ordinal),
                StringComparer.Ordinal);
    }

    public override void Visit(CommonTableExpression node) => _inner.Add(node.ExpressionName.Value);

    public override void Visit(InsertSpecification node) => _inserted.Add(node.Target);

    public override void Visit(NamedTableReference node)
    {
        if (!_inserted.Contains(node))
        {
            string table = node.SchemaObject.BaseIdentifier.Value;
            _tables.Add((table, node.Alias?.Value ?? table));
        }
    }

    public override void Visit(BooleanComparisonExpression node) => Add(node.FirstExpression, node.SecondExpression);

    public override void Visit(BooleanIsNullExpression node) => Add(node.Expression);

    public override void Visit(InPredicate node) => Add(node.Expression);

    public override void Visit(ExpressionWithSortOrder node) => Add(node.Expression);

    public override void Visit(FunctionCall node)
    {
        if (node.FunctionName.Value is "min" or "max")
        {
            Add([.. node.Parameters]);
        }
    }

    private void Add(params ScalarExpression[] expressions)
    {
        foreach (ColumnReferenceExpression column in expressions.OfType<ColumnReferenceExpression>().Where(c => c.MultiPartIdentifier is not null))
        {
            IList<Identifier> parts = column.MultiPartIdentifier.Identifiers;
            _columns.Add((parts.Count > 1 ? parts[^2].Value : null, parts[^1].Value));
        }
    }
}
