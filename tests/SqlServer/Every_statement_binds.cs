using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Architecture.Reading;
using ReleaseIntegrity.Tests.SqlServer.Reading;

namespace ReleaseIntegrity.Tests.SqlServer;

/// <summary>
/// Every T-SQL statement and migration of every service is read by SQL Server's own parser and bound by its own model:
/// an unknown table, column or type fails here, without a server.
/// </summary>
public sealed class Every_statement_binds
{
    [Fact]
    public void Of_the_plumbing() => Rule.Holds(Failures(ServiceSql.Plumbing));

    [Theory]
    [InlineData("ReleaseIntegrity.Collectors.Hosting")]
    [InlineData("ReleaseIntegrity.Reconciler")]
    [InlineData("ReleaseIntegrity.Handoff")]
    public void Of_a_service(string name)
    {
        ServiceSql service = ServiceSql.Services.Single(s => s.Name == name);
        Assert.NotEmpty(service.Migrations);
        Assert.NotEmpty(service.Statements);
        Rule.Holds(Failures(service));
    }

    [Theory]
    [InlineData("select position from outboxes", "outboxes")]
    [InlineData("select positions from outbox", "positions")]
    [InlineData("update outbox set due_att = @now", "due_att")]
    [InlineData("update timer set due_at = r.due from @rows r where r.kind = timer.kind", "due")]
    [InlineData("update timer set due_at = r.due_at from @rows r where r.kind = timer.kinds", "kinds")]
    [InlineData("insert into inbox (consumer) output inserted.message select kind from @rows", "message")]
    [InlineData("delete from outbox where position in (select key_value from @keys)", "key_value")]
    [InlineData("declare @claimed table (position bigint); select c.place from @claimed c", "place")]
    public void What_does_not_exist_is_seen(string sql, string unknown)
    {
        using var model = new SchemaModel(ServiceSql.Plumbing.Migrations);
        model.Add("seeded", sql, ServiceSql.Plumbing.Shapes.Single(s => s.Name == "timer_row"));
        Assert.Contains(model.Failures()["seeded"], m => m.Contains(unknown, StringComparison.Ordinal));
    }

    [Fact]
    public void A_column_that_a_later_script_adds_is_known()
    {
        using var model = new SchemaModel([.. ServiceSql.Plumbing.Migrations, "alter table {schema}.inbox add one int null, two nvarchar(10) null;"]);
        model.Add("added", "select one, two from inbox", null);
        model.Add("seeded", "select three from inbox", null);
        Assert.Equal(["seeded"], model.Failures().Select(f => f.Key));
    }

    [Theory]
    [InlineData("select position from outbox limit 5")]
    [InlineData("insert into outbox (type) values (@type) on conflict do nothing")]
    [InlineData("select key from timer where key = @key")]
    [InlineData("select position from outbox where message_id in @ids")]
    [InlineData("select position from outbox where (type, position) > (@type, @position)")]
    public void What_only_sqlite_understands_is_seen(string sql) =>
        Assert.Throws<FormatException>(() => StandIns.Parse(sql));

    private static IReadOnlyList<string> Failures(ServiceSql service)
    {
        IEnumerable<string> migrations = service == ServiceSql.Plumbing
            ? service.Migrations
            : ServiceSql.Plumbing.Migrations.Concat(service.Migrations);
        using var model = new SchemaModel(migrations);
        List<string> failures = [];
        List<(SqlText Statement, List<string> Names)> added = [];
        foreach (SqlText statement in service.Statements)
        {
            // Where a type has several shapes, a statement is right when it is right with one of them.
            IEnumerable<RowShape?> shapes = statement.Text.Contains("@rows", StringComparison.Ordinal)
                ? [.. statement.Rows, .. statement.Rows.Count == 0 ? ServiceSql.Plumbing.Shapes : []]
                : [null];
            List<string> names = [];
            foreach (RowShape? shape in shapes)
            {
                string name = shape is null ? statement.Name : $"{statement.Name} with {shape.Name}";
                try
                {
                    model.Add(name, statement.Text, shape);
                    names.Add(name);
                }
                catch (FormatException e)
                {
                    failures.Add($"{name}: {e.Message}");
                }
            }

            added.Add((statement, names));
        }

        ILookup<string, string> unbound = model.Failures();
        failures.AddRange(unbound[""]);
        failures.AddRange(unbound["migration"]);
        foreach ((SqlText statement, List<string> names) in added)
        {
            if (names.Count > 0 && names.All(n => unbound[n].Any()))
            {
                failures.AddRange(names.SelectMany(n => unbound[n].Select(m => $"{n}: {m}")));
            }
        }

        return failures;
    }
}
