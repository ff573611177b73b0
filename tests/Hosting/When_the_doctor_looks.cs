using System.Globalization;
using Microsoft.Data.Sqlite;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Hosting;

/// <summary><c>doctor</c> names what is wrong and what to do, tells no secret, and changes nothing.</summary>
public sealed class When_the_doctor_looks : IDisposable
{
    private const string Secret = "0123456789abcdef-s3cret";

    private readonly Scratch _scratch = new();

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_healthy_service_has_nothing_wrong_while_it_runs()
    {
        Dictionary<string, string> settings = Healthy();
        using Service service = await Service.StartAsync("artifact-registry", settings);

        Outcome found = await Service.RunAsync("artifact-registry", settings, "doctor");

        Assert.True(found.Code == 0, found.Output + found.Error);
        Assert.Contains("nothing is wrong", found.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", found.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_should_be_looked_at_is_a_warning()
    {
        Outcome found = await Service.RunAsync("artifact-registry", Service.Settings(_scratch), "doctor");

        Assert.Equal(3, found.Code);
        Assert.Contains("Collector__Credential__Secrets__0", found.Output, StringComparison.Ordinal);
        Assert.Contains("is not there yet", found.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch["data"]), "it changed something");
    }

    [Fact]
    public async Task A_broker_that_can_not_be_reached_is_in_the_way()
    {
        int port = Service.FreePort();
        await FindsAsync(
            "reconciler", $"127.0.0.1:{port} can't be reached",
            ("Bus__Transport", "rabbitmq"), ("Bus__Host", "127.0.0.1"), ("Bus__Port", port.ToString(CultureInfo.InvariantCulture)), ("Bus__Password", Secret));
    }

    [Fact]
    public Task A_policy_that_is_refused_is_shown_with_its_place() => FindsAsync(
        "reconciler", "policy.yaml", ("Reconciler__PolicyFile", _scratch.Write("policy.yaml", "version: [")));

    [Fact]
    public Task Settings_that_can_not_work_are_in_the_way() => FindsAsync(
        "artifact-registry", "\"MaxBodyBytes\": 4194304", ("Collector__MaxBodyBytes", "0"));

    [Fact]
    public Task A_missing_token_key_is_in_the_way() => FindsAsync(
        "handoff", "openssl rand -hex 32 > ", ("Handoff__TokenKeyFile", _scratch["nowhere.key"]));

    [Fact]
    public async Task A_store_of_a_newer_version_is_in_the_way()
    {
        Assert.Equal(0, (await Service.RunAsync("artifact-registry", Healthy(), "migrate")).Code);
        await using (var connection = new SqliteConnection($"Data Source={_scratch["data", "artifact-registry.db"]};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using SqliteCommand later = connection.CreateCommand();
            later.CommandText = "insert into SchemaVersions (ScriptName, Applied) values ('collector/9999_later.sql', '2026-01-01')";
            await later.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await FindsAsync("artifact-registry", "collector/9999_later.sql is unknown here");
    }

    [Fact]
    public async Task Messages_that_have_waited_for_long_are_a_warning()
    {
        Assert.Equal(0, (await Service.RunAsync("artifact-registry", Healthy(), "migrate")).Code);
        await using (var connection = new SqliteConnection($"Data Source={_scratch["data", "artifact-registry.db"]};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using SqliteCommand waiting = connection.CreateCommand();
            waiting.CommandText = """
                insert into outbox (message_id, type, payload, created_at, due_at)
                values ('00000000-0000-0000-0000-000000000001', 't', '{}', '2026-01-01T00:00:00.0000000Z', '2026-01-01T00:00:00.0000000Z')
                """;
            await waiting.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        Outcome found = await Service.RunAsync("artifact-registry", Healthy(), "doctor");

        Assert.True(found.Code == 3, found.Output + found.Error);
        Assert.Contains("1 message wait", found.Output, StringComparison.Ordinal);
        Assert.Contains("were not taken", found.Output, StringComparison.Ordinal);
    }

    private Dictionary<string, string> Healthy() => Service.Settings(_scratch, ("Collector__Credential__Secrets__0", Secret));

    private async Task FindsAsync(string service, string text, params IEnumerable<(string Name, string Value)> settings)
    {
        Outcome found = await Service.RunAsync(service, Service.Settings(_scratch, settings), "doctor");

        Assert.True(found.Code == 1, found.Output + found.Error);
        Assert.Contains("FAILURE", found.Output, StringComparison.Ordinal);
        Assert.Contains(text, found.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", found.Output + found.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", found.Output + found.Error, StringComparison.Ordinal);
    }
}
