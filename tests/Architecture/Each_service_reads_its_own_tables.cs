using System.Text.RegularExpressions;
using ReleaseIntegrity.Tests.Architecture.Reading;

namespace ReleaseIntegrity.Tests.Architecture;

/// <summary>
/// A database belongs to one service: others learn by message. Checked on every SQL text in the compiled code: it names
/// only tables that the assembly's own embedded migrations create, or the shared outbox, inbox and timers.
/// </summary>
public sealed partial class Each_service_reads_its_own_tables
{
    private const string Shared = "ReleaseIntegrity.Storage";

    [Fact]
    public void No_statement_names_a_table_of_another_service() =>
        Rule.Holds(CompiledCode.Product.SelectMany(c => Foreign(c, Tables(c).Concat(Tables(CompiledCode.Of(Shared))))));

    [Fact]
    public void Every_store_has_tables_that_the_rule_can_see()
    {
        string[] owners = [.. CompiledCode.Product.Where(c => Tables(c).Any()).Select(c => c.Name)];

        Assert.Contains("ReleaseIntegrity.Collectors.Hosting", owners);
        Assert.Contains(Shared, owners);
        Assert.All(owners, o => Assert.Contains(CompiledCode.Of(o).Texts, t => Named(t.Text).Any()));
    }

    [Fact]
    public void A_statement_that_is_seeded_is_seen() => Assert.Equal(
        ["ReleaseIntegrity.Tests.Architecture.Seeded.NeighbourReader names the table observation"],
        Foreign(CompiledCode.Seeded(typeof(Seeded.NeighbourReader)), ["outbox"]));

    [Theory]
    [InlineData("select a from b join c on b.x = c.x", "b,c")]
    [InlineData("insert into b (x) values (1) on conflict do update set x = 2", "b")]
    [InlineData("with recent as (select x from b) select * from recent", "b")]
    [InlineData("update b set x = 1 from json_each(@list) where true", "b")]
    [InlineData("delete from b where not exists (select 1 from c)", "b,c")]
    [InlineData("declare @x table (y int); with recent as (select top (5) x from b with (readpast)) update recent set x = 1 output inserted.x into @x", "b")]
    [InlineData("select the pods from a listing, then join them", "")]
    public void The_tables_of_a_statement_are_found(string sql, string tables) =>
        Assert.Equal(tables, string.Join(',', Named(sql).Where(t => t is not "a" and not "them")));

    private static IEnumerable<string> Tables(CompiledCode code) => code.Resources
        .Where(r => r.Key.EndsWith(".sql", StringComparison.Ordinal))
        .SelectMany(r => Created().Matches(r.Value))
        .Select(m => m.Groups["table"].Value);

    private static IEnumerable<string> Foreign(CompiledCode code, IEnumerable<string> own) => code.Texts
        .SelectMany(t => Named(t.Text).Select(table => (t.Type, Table: table)))
        .Where(t => !own.Contains(t.Table))
        .Select(t => $"{t.Type} names the table {t.Table}");

    private static IEnumerable<string> Named(string text)
    {
        if (!Statement().IsMatch(text))
        {
            return [];
        }

        HashSet<string> inner =
        [
            .. CommonTable().Matches(text).Concat(Cursor().Matches(text)).Select(m => m.Groups["table"].Value),
            "sqlite_master", "sys",
        ];
        return TableUse().Matches(text).Select(m => m.Groups["table"].Value).Where(t => !inner.Contains(t)).Distinct();
    }

    [GeneratedRegex(@"create\s+table\s+(if\s+not\s+exists\s+)?(?<table>\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex Created();

    /// <summary>The house's SQL is in lower case and starts with its verb; prose in messages seldom has both.</summary>
    [GeneratedRegex(@"^\s*(declare\s+@|with\s+(recursive\s+)?\w+\s*(\([^)]*\)\s*)?as\b|select\b|insert\s+(or\s+\w+\s+)?into\b|update\s+\w+|delete\s+from\b|from\b|join\b|where\b)")]
    private static partial Regex Statement();

    [GeneratedRegex(@"(\bwith\s+(recursive\s+)?|,\s*)(?<table>\w+)\s*(\([^)]*\)\s*)?as\s+(not\s+)?(materialized\s+)?\(")]
    private static partial Regex CommonTable();

    [GeneratedRegex(@"\bdeclare\s+(?<table>\w+)\s+cursor\b")]
    private static partial Regex Cursor();

    [GeneratedRegex(@"\b(from|join|insert\s+into|insert\s+or\s+\w+\s+into|update)\s+(?!set\b|select\b)(?<table>[a-z_]\w*)\b(?!\s*\()|\binto\s+(?<table>[a-z_]\w*)\s*\(")]
    private static partial Regex TableUse();
}
