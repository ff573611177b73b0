using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.StoreContracts;

/// <summary>Each refusal names the setting, and what to write.</summary>
public sealed class When_store_options_can_not_work
{
    [Theory]
    [InlineData("oracle", "data", "", "s", "\"Engine\": \"sqlite\"")]
    [InlineData("sqlite", " ", "", "s", "\"DataFolder\": \"data\"")]
    [InlineData("sqlite", "data", "Server=x;Password=hunter2-hunter2", "s", "\"Engine\": \"sqlserver\"")]
    [InlineData("sqlserver", "data", "", "s", "\"ConnectionString\": \"Server=")]
    [InlineData("sqlserver", "data", "Server=x;Password=hunter2-hunter2", "dbo; drop", "\"Schema\": \"reconciler\"")]
    [InlineData("sqlserver", "data", "Server=x;Pass=hunter2-hunter2;Nonsense=1", "s", "ConnectionString can not be read")]
    public void They_are_refused_with_what_to_write(string engine, string folder, string connection, string schema, string fix)
    {
        var options = new StoreOptions
        {
            Engine = engine, DataFolder = folder, FileName = "x.db", ConnectionString = connection, Schema = schema,
        };
        StoreException e = Assert.Throws<StoreException>(() => Stores.Open(options));
        Assert.Contains(fix, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_has_a_file_and_a_schema_of_its_own()
    {
        StoreOptions options = StoreOptions.Of("change-snapshot");
        Assert.Equal(("change-snapshot.db", "change_snapshot"), (options.FileName, options.Schema));
        Assert.Empty(options.Refusals());
    }
}
