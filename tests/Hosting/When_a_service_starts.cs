using System.Net;
using System.Text.Json;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Hosting;

/// <summary>Each service starts by itself, from its environment alone.</summary>
public sealed class When_a_service_starts : IDisposable
{
    private readonly Scratch _scratch = new();

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();

    public static TheoryData<string> Services => [.. Service.Names];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task It_is_ready_counts_and_logs_one_document_per_line(string name)
    {
        using Service service = await Service.StartAsync(name, Service.Settings(_scratch));
        await Eventually.IsTrueAsync("ready", async () => (await service.GetAsync("health/ready")).Text.Contains("\"status\":\"ready\"", StringComparison.Ordinal), () => service.Log);

        (HttpStatusCode status, string metrics) = await service.GetAsync("metrics");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains($"service_name=\"{name}\"", metrics, StringComparison.Ordinal);

        service.Terminate();
        Assert.Equal(0, await service.EndAsync());
        Assert.All(
            service.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.EndsWith("Z", JsonDocument.Parse(line).RootElement.GetProperty("Timestamp").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_secret_file_counts_before_the_environment_and_the_command_line_before_both()
    {
        Dictionary<string, string> settings = Service.Settings(_scratch, ("Collector__MaxBacklog", "-1"));
        Assert.Equal(2, (await Service.RunAsync("artifact-registry", settings)).Code);

        _scratch.Write("secrets/Collector__MaxBacklog", "1\n");
        using (Service service = await Service.StartAsync("artifact-registry", settings))
        {
            service.Terminate();
            Assert.Equal(0, await service.EndAsync());
        }

        Outcome refused = await Service.RunAsync("artifact-registry", settings, "--Collector:MaxBacklog", "-2");
        Assert.Equal(2, refused.Code);
    }
}
