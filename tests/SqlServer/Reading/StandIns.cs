using System.Globalization;
using System.Text;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.SqlServer.Reading;

/// <summary>
/// A statement as the body of a procedure. SQL Server's model binds columns of tables, but not those of table variables
/// and table-valued parameters: so each of these is replaced by a table of its own that has the same columns.
/// </summary>
internal sealed class StandIns : TSqlFragmentVisitor
{
    private readonly List<(int Start, int Length, string Text)> _changes = [];
    private readonly Dictionary<string, string> _tables = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _scalars = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _declared = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _scripts = [];
    private readonly string _name;
    private readonly string _sql;
    private readonly RowShape? _rows;

    private StandIns(string name, string sql, RowShape? rows)
    {
        _name = name;
        _sql = sql;
        _rows = rows;
    }

    /// <summary>The scripts that create the procedure and the tables that it needs.</summary>
    /// <param name="name">An identifier of its own.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="rows">The shape of <c>@rows</c>, if it has any.</param>
    /// <exception cref="FormatException">It is no T-SQL.</exception>
    public static IReadOnlyList<string> Of(string name, string sql, RowShape? rows)
    {
        TSqlScript script = Parse(sql);
        var standIns = new StandIns(name, sql, rows);
        script.Accept(standIns);
        return standIns.Scripts();
    }

    /// <summary>T-SQL as SQL Server 2022 reads it.</summary>
    /// <exception cref="FormatException">It is no T-SQL; the message has the line.</exception>
    public static TSqlScript Parse(string sql)
    {
        TSqlFragment parsed = new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(sql), out IList<ParseError> errors);
        return errors.Count == 0
            ? (TSqlScript)parsed
            : throw new FormatException(string.Join("; ", errors.Select(e => $"line {e.Line}: {e.Message}")));
    }

    public override void Visit(DeclareTableVariableStatement node)
    {
        string name = node.Body.VariableName.Value;
        _tables[name] = $"{_name}_{name[1..]}";
        _scripts.Add($"create table dbo.{_tables[name]} {Text(node.Body.Definition, "()")}");
        _changes.Add((node.StartOffset, node.FragmentLength, "print 'declared';"));
    }

    public override void Visit(DeclareVariableElement node) => _declared.Add(node.VariableName.Value);

    public override void Visit(VariableTableReference node) =>
        _changes.Add((node.Variable.StartOffset, node.Variable.FragmentLength, TableOf(node.Variable.Name)));

    public override void Visit(VariableReference node) => _scalars.Add(node.Name);

    private string TableOf(string variable)
    {
        if (!_tables.TryGetValue(variable, out string? table))
        {
            table = $"{_name}_{variable[1..]}";
            _tables[variable] = table;
            _scripts.Add(variable != "@rows"
                ? $"create table dbo.{table} (value sql_variant not null)"
                : $"create table dbo.{table} ({string.Join(", ", (_rows ?? throw new FormatException("@rows has no shape")).Columns.Select(c => $"[{c.Name}] sql_variant null"))})");
        }

        return table;
    }

    private IReadOnlyList<string> Scripts()
    {
        var body = new StringBuilder(_sql);
        foreach ((int start, int length, string text) in _changes.OrderByDescending(c => c.Start))
        {
            body.Remove(start, length).Insert(start, text);
        }

        string[] parameters = [.. _scalars.Where(s => !_declared.Contains(s) && !_tables.ContainsKey(s)).Select(s => s + " int")];
        return
        [
            .. _scripts,
            string.Create(CultureInfo.InvariantCulture, $"create procedure dbo.{_name} {string.Join(", ", parameters)} as begin\n{body}\nend"),
        ];
    }

    private string Text(TSqlFragment node, string brackets)
    {
        string text = _sql.Substring(node.StartOffset, node.FragmentLength);
        return text.StartsWith('(') ? text : $"{brackets[0]}{text}{brackets[1]}";
    }
}
