using ReleaseIntegrity.Tests.Architecture.Reading;
using ReleaseIntegrity.Tests.SqlServer.Reading;

namespace ReleaseIntegrity.Tests.SqlServer;

/// <summary>
/// A statement that runs per message finds its rows by the first column of a key or an index, in every table that it names.
/// Those that read a whole table are listed with the reason. On SQL Server the keys and indexes of the model say which one
/// serves; on SQLite its own planner does.
/// </summary>
public sealed class Every_table_is_reached_by_an_index
{
    private static readonly Dictionary<string, string> Scans = new(StringComparer.Ordinal)
    {
        ["OutboxStatements.Backlog"] = "asked for by metrics and people; reads what waits",
        ["OutboxStatements.Reclaim"] = "SQLite alone: a server is always shared",
        ["OutboxStatements.AnyDue"] = "once per look; the messages that wait, most of which are due",
        ["TimerStatements.Reclaim"] = "SQLite alone: a server is always shared",
        ["NotificationStatements.CountNotifications"] = "asked for by people; reads the index of counts",
        ["NotificationStatements.CountItems"] = "asked for by people",
        ["NotificationStatements.CountDropped"] = "asked for by people; reads what was dropped",
        ["NotificationStatements.CountUnpublished"] = "asked for by people",
        ["RetentionStatements.SumBytes"] = "once per look of the retention; reads the index of lengths",
        ["DerivationStatements."] = "at start, and when the policy has changed: all evidence is derived anew",
        ["WatermarkStatements.All"] = "as many rows as there are source instances",
        ["QuarantineStatements.List"] = "asked for by people; reads the index of age, at most 1,000 of it",
        ["HandoffStatements.Position"] = "a table of one row",
        ["PackageStatements.NextSequence"] = "a table of one row",
        ["EvaluationStatements.Sum of all"] = "asked for by people, and each half minute; reads narrow indexes, no ledger and no package",
        ["EvaluationStatements.Trains"] = "each half minute; reads the index of trains",
        ["EvaluationStatements.Uncounted"] = "a table of one row",
        ["EvaluationStatements.MarkCounted"] = "a table of one row",
        ["HandoffStatements.BeginSequence"] = "a table of one row",
        ["HandoffStatements.MarkKey"] = "a table of one row",
        ["HandoffStatements.AllTuples"] = "only when the token key has changed",
        ["PackageListStatements.InsertOfRepositories"] = "only when the token key has changed",
    };

    /// <summary>Where SQLite walks a table in its order, to a limit, on purpose.</summary>
    private static readonly Dictionary<string, string> Walks = new(StringComparer.Ordinal)
    {
        ["OutboxStatements.ClaimResend"] = "in the order of writing, to the limit, once AnyDue has found one by its index; what is done is gone",
        ["OutboxStatements.ClaimDue"] = "in the order of writing, to the limit, once AnyDue has found one; what is done is gone",
        ["RebuildStatements.Last"] = "asked for by people; a row for each time that an admin had everything sent again",
        ["AuditStatements.Last"] = "the last row in the order of the key, and no other",
    };

    [Theory]
    [InlineData("ReleaseIntegrity.Storage")]
    [InlineData("ReleaseIntegrity.Collectors.Hosting")]
    [InlineData("ReleaseIntegrity.Reconciler")]
    [InlineData("ReleaseIntegrity.Handoff")]
    public void In_the_statements_of(string name)
    {
        ServiceSql service = ServiceSql.Services.Append(ServiceSql.Plumbing).Single(s => s.Name == name);
        using var model = new SchemaModel(Migrations(service));
        Rule.Holds(service.Statements
            .Where(s => !Scans.Keys.Any(k => s.Name.StartsWith(k, StringComparison.Ordinal)))
            .SelectMany(s => Unreached(s.Text, model).Select(table => $"{s.Name} reads the whole table {table}")));
    }

    [Theory]
    [InlineData("ReleaseIntegrity.Storage")]
    [InlineData("ReleaseIntegrity.Collectors.Hosting")]
    [InlineData("ReleaseIntegrity.Reconciler")]
    [InlineData("ReleaseIntegrity.Handoff")]
    public void In_the_plans_of(string name)
    {
        ServiceSql service = ServiceSql.Services.Append(ServiceSql.Plumbing).Single(s => s.Name == name).OnSqlite;
        Assert.NotEmpty(service.Migrations);
        using var plans = new SqlitePlans(name == ServiceSql.Plumbing.Name ? service.Migrations : ServiceSql.Plumbing.OnSqlite.Migrations.Concat(service.Migrations));
        Rule.Holds(service.Statements
            .Where(s => !Scans.Keys.Concat(Walks.Keys).Any(k => s.Name.StartsWith(k, StringComparison.Ordinal)))
            .SelectMany(s => plans.ScansOf(s.Text).Select(table => $"{s.Name} reads the whole table {table}")));
    }

    /// <summary>A page of packages is one seek: its index begins with what is filtered by, and goes on with the place in the list.</summary>
    [Theory]
    [InlineData("package", "prepared_at,package_no")]
    [InlineData("package", "tuple_no,prepared_at,package_no")]
    [InlineData("package", "state,prepared_at,package_no")]
    [InlineData("package", "release_train,prepared_at,package_no")]
    [InlineData("package_place", "list,value,prepared_at,package_no")]
    public void Lists_of_packages_have_their_indexes(string table, string columns)
    {
        using var model = new SchemaModel(Migrations(ServiceSql.Services.Single(s => s.Name == "ReleaseIntegrity.Handoff")));
        Assert.Contains(columns, model.IndexesOf(table));
    }

    [Fact]
    public void A_scan_is_seen_in_a_plan()
    {
        using var plans = new SqlitePlans(ServiceSql.Plumbing.OnSqlite.Migrations);
        Assert.Equal(["outbox"], plans.ScansOf("delete from outbox where attempts > 5"));
        Assert.Equal(["outbox"], plans.ScansOf("select o.type from inbox i join outbox o on o.attempts = 1 where i.consumer = @c"));
        Assert.Empty(plans.ScansOf("delete from outbox where position in (select value from json_each(@keys))"));
        Assert.Empty(plans.ScansOf("with some as (select message_id from outbox where position = @p) select message_id from some"));
    }

    [Fact]
    public void Every_exception_is_a_statement_that_is_there() => Assert.All(
        Scans.Keys.Concat(Walks.Keys),
        k => Assert.Contains(
            ServiceSql.Services.Append(ServiceSql.Plumbing).SelectMany(s => s.Statements), s => s.Name.StartsWith(k, StringComparison.Ordinal)));

    [Fact]
    public void A_scan_is_seen()
    {
        using var model = new SchemaModel(ServiceSql.Plumbing.Migrations);
        Assert.Equal(["inbox"], Unreached("select i.message_id from inbox i join outbox o on o.message_id = i.message_id", model));
        Assert.Equal(["outbox"], Unreached("delete from outbox where attempts > 5", model));
        Assert.Empty(Unreached("delete from outbox where position in (select value from @keys)", model));
    }

    private static IEnumerable<string> Migrations(ServiceSql service) =>
        service == ServiceSql.Plumbing ? service.Migrations : ServiceSql.Plumbing.Migrations.Concat(service.Migrations);

    private static IEnumerable<string> Unreached(string sql, SchemaModel model) => TableUses.Of(sql)
        .Where(table => model.Has(table.Key) && table.Any(columns => !model.IndexesOf(table.Key).Any(i => columns.Contains(i.Split(',')[0]))))
        .Select(table => table.Key);
}
