using Microsoft.SqlServer.Dac.Model;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.SqlServer.Reading;
using ColumnType = ReleaseIntegrity.Storage.ColumnType;

namespace ReleaseIntegrity.Tests.SqlServer;

/// <summary>Rows travel by position: a shape and its table type have the same columns in the same order.</summary>
public sealed class Shapes_match_their_table_types
{
    [Fact]
    public void In_every_service()
    {
        List<string> wrong = [];
        foreach (ServiceSql service in (IEnumerable<ServiceSql>)[ServiceSql.Plumbing, .. ServiceSql.Services])
        {
            using var model = new SchemaModel(ServiceSql.Plumbing.Migrations.Concat(service == ServiceSql.Plumbing ? [] : service.Migrations));
            wrong.AddRange(service.Shapes.Select(s => Difference(s, model.TableType(s.Name))).OfType<string>());
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void A_difference_is_seen()
    {
        using var model = new SchemaModel(["create type {schema}.a_row as table (id uniqueidentifier not null, name nvarchar(10) not null)"]);
        IReadOnlyList<(string, SqlDataType, int)> type = model.TableType("a_row");
        RowShape<string> shape = RowShape.Of<string>("a_row");
        Assert.Null(Difference(shape.Id("id", _ => Guid.Empty).Text("name", 10, s => s), type));
        Assert.NotNull(Difference(shape.Id("id", _ => Guid.Empty).Text("name", 11, s => s), type));
        Assert.NotNull(Difference(shape.Text("name", 10, s => s).Id("id", _ => Guid.Empty), type));
        Assert.NotNull(Difference(shape.Id("id", _ => Guid.Empty), type));
        Assert.NotNull(Difference(shape, model.TableType("b_row")));
    }

    private static string? Difference(RowShape shape, IReadOnlyList<(string Name, SqlDataType Type, int Length)> type)
    {
        string wanted = string.Join(", ", shape.Columns.Select(c => $"{c.Name} {TypeOf(c.Type)}{(c.Type == ColumnType.Text ? $"({c.Length ?? -1})" : "")}"));
        string found = string.Join(", ", type.Select(c => $"{c.Name} {c.Type}{(c.Type == SqlDataType.NVarChar ? $"({c.Length})" : "")}"));
        return type.Count > 0 && wanted == found ? null : $"{shape.Name}: the shape has ({wanted}), the type ({found})";
    }

    private static SqlDataType TypeOf(ColumnType type) => type switch
    {
        ColumnType.Text => SqlDataType.NVarChar,
        ColumnType.Bytes => SqlDataType.VarBinary,
        ColumnType.Int => SqlDataType.Int,
        ColumnType.Long => SqlDataType.BigInt,
        ColumnType.Flag => SqlDataType.Bit,
        ColumnType.Instant => SqlDataType.DateTimeOffset,
        ColumnType.Id => SqlDataType.UniqueIdentifier,
        _ => throw new InvalidOperationException($"a column of type {type}"),
    };
}
