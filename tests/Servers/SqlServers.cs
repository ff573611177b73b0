using Microsoft.Data.SqlClient;
using Testcontainers.MsSql;

namespace ReleaseIntegrity.Tests.Servers;

/// <summary>
/// The SQL Server that tests run against: the one that <see cref="Variable"/> names, as an administrator; else a container,
/// where Docker answers and can pull the image; else none, and the tests that need it are skipped with the reason, or fail
/// where <see cref="RequiredVariable"/> is 1.
/// </summary>
public static class SqlServers
{
    /// <summary>A connection string of an administrator; its database is not used.</summary>
    public const string Variable = "RELEASE_INTEGRITY_TEST_SQLSERVER";

    /// <summary>Turns skipped into failed.</summary>
    public const string RequiredVariable = "REQUIRE_SQLSERVER";

    private const string Image = "mcr.microsoft.com/mssql/server:2022-CU16-ubuntu-22.04";

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);

    private static readonly Lazy<Task<(string? Administrator, string Reason)>> Found = new(FindAsync);

    /// <summary>A database of its own, with a schema and logins as an administrator provisions them.</summary>
    /// <param name="schema">The service's schema.</param>
    public static async Task<SqlServerDatabase> CreateAsync(string schema)
    {
        (string? administrator, string reason) = await Found.Value;
        if (administrator is null)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable(RequiredVariable) == "1", reason);
            Assert.Fail(reason);
        }

        return await SqlServerDatabase.CreateAsync(administrator, schema);
    }

    private static async Task<(string? Administrator, string Reason)> FindAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } configured)
        {
            return (configured, "");
        }

        if (Environment.GetEnvironmentVariable("DOCKER_HOST") is null && !File.Exists("/var/run/docker.sock"))
        {
            return (null, $"no SQL Server: {Variable} is not set, and Docker does not answer");
        }

        try
        {
            using var limit = new CancellationTokenSource(StartLimit);
            MsSqlContainer container = new MsSqlBuilder(Image).Build();
            await container.StartAsync(limit.Token);
            return (container.GetConnectionString(), "");
        }
        catch (Exception e)
        {
            return (null, $"no SQL Server: {Variable} is not set, and Docker could not start {Image} ({e.GetType().Name})");
        }
    }
}
