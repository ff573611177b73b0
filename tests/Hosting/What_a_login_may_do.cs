using ReleaseIntegrity.Hosting.Doctor;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Storage.SqlServer;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Hosting;

/// <summary>The least that a service needs is right; less is in the way, and more is to be looked at.</summary>
public sealed class What_a_login_may_do
{
    private static readonly SqlServerPrivileges Least = new()
    {
        MaySelect = true, MayInsert = true, MayUpdate = true, MayDelete = true, MayExecute = true,
    };

    [Fact]
    public void The_least_is_right() => Assert.Equal(FindingState.Ok, StoreFindings.OfPrivileges(Least, "handoff").State);

    [Fact]
    public void Less_is_in_the_way_and_the_grant_is_there_to_paste()
    {
        Finding finding = StoreFindings.OfPrivileges(Least with { MayInsert = false, MayExecute = false }, "handoff");
        Assert.Equal(FindingState.Failure, finding.State);
        Assert.Contains("grant insert, execute on schema::[handoff] to [handoff_service]", finding.ToDo, StringComparison.Ordinal);
    }

    [Fact]
    public void More_is_a_warning()
    {
        foreach (SqlServerPrivileges more in (SqlServerPrivileges[])
            [Least with { MayAlter = true }, Least with { IsAdministrator = true }, Least with { OtherSchemas = 2 }])
        {
            Finding finding = StoreFindings.OfPrivileges(more, "handoff");
            Assert.Equal(FindingState.Warning, finding.State);
            Assert.Contains("handoff_service", finding.ToDo, StringComparison.Ordinal);
        }
    }
}

/// <summary>The logins that <c>Provision.sql</c> makes, as the server sees them.</summary>
public sealed class SqlServer_logins
{
    [Fact]
    public async Task The_service_has_the_least_and_the_migrator_more()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using SqlServerDatabase database = await SqlServers.CreateAsync("notes");
        await using (IStore store = await database.OpenAsync())
        {
            Assert.Equal(FindingState.Ok, StoreFindings.OfPrivileges(await ((SqlServerStore)store).PrivilegesAsync(ct), "notes").State);
        }

        await using IStore migrator = Stores.Open(database.Migrator);
        Assert.True((await ((SqlServerStore)migrator).PrivilegesAsync(ct)).MayAlter);
    }
}
