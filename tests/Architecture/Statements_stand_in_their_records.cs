using System.Text.RegularExpressions;
using ReleaseIntegrity.Tests.Architecture.Reading;

namespace ReleaseIntegrity.Tests.Architecture;

/// <summary>
/// SQL stands in types named <c>…Statements</c> and in migrations, nowhere else: what stands there is bound by SQL Server's
/// own model and looked at for scans, statement by statement. A piece of SQL in other code would be checked by nobody.
/// </summary>
public sealed partial class Statements_stand_in_their_records
{
    /// <summary>The services whose statements <c>tests/SqlServer</c> reads.</summary>
    private static readonly string[] Read =
    [
        "ReleaseIntegrity.Collectors.Hosting", "ReleaseIntegrity.Handoff", "ReleaseIntegrity.Reconciler", "ReleaseIntegrity.Storage",
    ];

    [Fact]
    public void No_other_code_has_any() => Rule.Holds(CompiledCode.Product.SelectMany(Strayed));

    [Fact]
    public void Every_service_that_has_some_is_read() => Assert.Equal(
        Read,
        CompiledCode.Product.Where(c => c.Types.Any(IsRecord)).Select(c => c.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void A_statement_that_is_seeded_is_seen() => Assert.Equal(
        ["ReleaseIntegrity.Tests.Architecture.Seeded.NeighbourReader: select digest from observation join outbox on true"],
        Strayed(CompiledCode.Seeded(typeof(Seeded.NeighbourReader))));

    [Theory]
    [InlineData("select sysutcdatetime()", true)]
    [InlineData("select a, b from ", true)]
    [InlineData("delete from ", true)]
    [InlineData("  insert into pin (a) values (@a)", true)]
    [InlineData(" where a in (select value from ", true)]
    [InlineData("update pin set ", true)]
    [InlineData("with due as (", true)]
    [InlineData("declare @a int;", true)]
    [InlineData(" and revision = @revision", true)]
    [InlineData(" order by position", true)]
    [InlineData("select the pods from a listing", false)]
    [InlineData("values from a mirror are not read", false)]
    [InlineData("update it, then join them where they are", false)]
    public void Pieces_are_told_from_prose(string text, bool isSql) => Assert.Equal(isSql, Sql().IsMatch(text));

    private static IEnumerable<string> Strayed(CompiledCode code) => code.Texts
        .Where(t => !IsRecord(t.Type) && Sql().IsMatch(t.Text))
        .Select(t => $"{t.Type}: {t.Text}");

    private static bool IsRecord(string type) => type.EndsWith("Statements", StringComparison.Ordinal);

    /// <summary>The house's SQL is in lower case. A piece of a statement begins with a verb or a clause, or has a parameter.</summary>
    [GeneratedRegex(@"
        ^\s*select\s+(distinct\s+|top\s*\()?[\w.]+(\s+as\s+\w+)?(\s*,\s*[\w.]+(\s+as\s+\w+)?)*\s+from\b(?!\s+a\b)
        | ^\s*select\s+\w+\s*\(
        | ^\s*(insert\s+into|delete\s+from|update\s+\w+\s+set|drop\s+table|create\s+table|alter\s+table|truncate\s+table)\b
        | ^\s*(with\s+\w+\s+as\s*\(|declare\s+@|order\s+by\s|group\s+by\s|on\s+conflict\b)
        | \b(where|and|or|set|on)\s+[\w.]+\s*(=|<|>|<=|>=|<>)\s*@\w
        | \bin\s*\(\s*select\s", RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Sql();
}
