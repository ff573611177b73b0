using Microsoft.SqlServer.Dac.Model;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.SqlServer.Reading;

/// <summary>SQL Server's own model of a service's schema, as its migrations make it.</summary>
internal sealed class SchemaModel : IDisposable
{
    private readonly TSqlModel _model = new(SqlServerVersion.Sql160, new TSqlModelOptions());
    private readonly Dictionary<string, string> _statements = new(StringComparer.Ordinal);

    /// <param name="migrations">The scripts in their order, with <c>{schema}</c>.</param>
    public SchemaModel(IEnumerable<string> migrations)
    {
        foreach ((TSqlStatement statement, string text) in Merged(migrations))
        {
            if (statement is DataModificationStatement)
            {
                Add("migration", text, null);
            }
            else
            {
                _model.AddObjects(text);
            }
        }
    }

    /// <summary>The statements of all scripts; the model takes no table that is altered, so added columns go to where it is created.</summary>
    private static List<(TSqlStatement Statement, string Text)> Merged(IEnumerable<string> migrations)
    {
        var merged = new List<(TSqlStatement Statement, string Text)>();
        foreach (string script in migrations)
        {
            // Unqualified names are those of dbo in the model.
            string sql = script.Replace("{schema}", "dbo", StringComparison.Ordinal);
            foreach (TSqlStatement statement in StandIns.Parse(sql).Batches.SelectMany(b => b.Statements))
            {
                string text = sql.Substring(statement.StartOffset, statement.FragmentLength);
                if (statement is not AlterTableAddTableElementStatement { Definition: { } added } alter)
                {
                    merged.Add((statement, text));
                    continue;
                }

                string table = alter.SchemaObjectName.BaseIdentifier.Value;
                int at = merged.FindIndex(m => m.Statement is CreateTableStatement create && create.SchemaObjectName.BaseIdentifier.Value == table);
                string created = at < 0 ? throw new FormatException($"{table} is altered and nowhere created") : merged[at].Text;
                int end = created.LastIndexOf(')');
                merged[at] = (merged[at].Statement, $"{created[..end]}, {sql.Substring(added.StartOffset, added.FragmentLength)}{created[end..]}");
            }
        }

        return merged;
    }

    /// <summary>Adds a statement.</summary>
    /// <exception cref="FormatException">It is no T-SQL.</exception>
    public void Add(string name, string sql, RowShape? rows)
    {
        string procedure = $"statement_{_statements.Count}";
        foreach (string script in StandIns.Of(procedure, sql, rows))
        {
            _model.AddObjects(script);
        }

        _statements[procedure] = name;
    }

    /// <summary>What does not bind, by statement; the key is empty for the schema itself.</summary>
    public ILookup<string, string> Failures() => _model.Validate()
        .Where(m => !IsSystem(m.Message))
        .Select(m => (Name: _statements.FirstOrDefault(s => m.Message.Contains($"[{s.Key}]", StringComparison.Ordinal)).Value ?? "", m.Message))
        .ToLookup(m => m.Name, m => m.Message, StringComparer.Ordinal);

    /// <summary>Whether the schema has this table.</summary>
    public bool Has(string table) =>
        _model.GetObject(Table.TypeClass, new ObjectIdentifier("dbo", table), DacQueryScopes.UserDefined) is not null;

    /// <summary>The columns of every key and index of a table, in their order, joined with commas.</summary>
    public IReadOnlyList<string> IndexesOf(string table)
    {
        var id = new ObjectIdentifier("dbo", table);
        return
        [
            .. Columns(Microsoft.SqlServer.Dac.Model.Index.TypeClass, id, Microsoft.SqlServer.Dac.Model.Index.IndexedObject, Microsoft.SqlServer.Dac.Model.Index.Columns),
            .. Columns(PrimaryKeyConstraint.TypeClass, id, PrimaryKeyConstraint.Host, PrimaryKeyConstraint.Columns),
            .. Columns(Microsoft.SqlServer.Dac.Model.UniqueConstraint.TypeClass, id, Microsoft.SqlServer.Dac.Model.UniqueConstraint.Host, Microsoft.SqlServer.Dac.Model.UniqueConstraint.Columns),
        ];
    }

    /// <summary>Columns of a table type: name, type, length (-1 is max).</summary>
    public IReadOnlyList<(string Name, SqlDataType Type, int Length)> TableType(string name)
    {
        TSqlObject? type = _model.GetObject(Microsoft.SqlServer.Dac.Model.TableType.TypeClass, new ObjectIdentifier("dbo", name), DacQueryScopes.UserDefined);
        return type is null ? [] :
        [
            .. type.GetReferenced(Microsoft.SqlServer.Dac.Model.TableType.Columns).Select(c => (
                c.Name.Parts[^1],
                c.GetReferenced(TableTypeColumn.DataType).Single().GetProperty<SqlDataType>(DataType.SqlDataType),
                c.GetProperty<bool>(TableTypeColumn.IsMax) ? -1 : c.GetProperty<int>(TableTypeColumn.Length))),
        ];
    }

    public void Dispose() => _model.Dispose();

    private IEnumerable<string> Columns(ModelTypeClass kind, ObjectIdentifier table, ModelRelationshipClass host, ModelRelationshipClass columns) =>
        _model.GetObjects(DacQueryScopes.UserDefined, kind)
            .Where(o => o.GetReferenced(host).Any(h => h.Name.Parts.SequenceEqual(table.Parts)))
            .Select(o => string.Join(',', o.GetReferenced(columns).Select(c => c.Name.Parts[^1])));

    // The model knows none of the server's own objects, so that it can not tell a wrong one.
    private static bool IsSystem(string message) =>
        message.Contains("[sys].", StringComparison.Ordinal) || message.Contains("[sp_getapplock]", StringComparison.Ordinal);
}
