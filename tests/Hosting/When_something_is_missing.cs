using System.Globalization;
using System.Net;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.Hosting;

/// <summary>Readiness names what is missing, and says whether the service can work without it.</summary>
public sealed class When_something_is_missing : IDisposable
{
    private const string Notification = "{}";

    private readonly Scratch _scratch = new();

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("artifact-registry", HttpStatusCode.OK, "degraded")]
    [InlineData("handoff", HttpStatusCode.OK, "degraded")]
    [InlineData("reconciler", HttpStatusCode.ServiceUnavailable, "missing")]
    public async Task A_broker_that_is_down_is_named(string name, HttpStatusCode status, string state)
    {
        using Service service = await Service.StartAsync(name, WithoutBroker());

        (HttpStatusCode answered, string text) = await service.GetAsync("health/ready");

        Assert.Equal(status, answered);
        Assert.Contains($"{{\"name\":\"broker\",\"state\":\"{state}\",\"missing\":\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", text + service.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_without_its_broker_goes_on_accepting_and_stops_as_well()
    {
        using Service collector = await Service.StartAsync("artifact-registry", WithoutBroker());

        using HttpResponseMessage taken = await collector.PostAsync("notifications/harbor", Notification);

        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        collector.Terminate();
        Assert.Equal(0, await collector.EndAsync());
    }

    private Dictionary<string, string> WithoutBroker() => Service.Settings(
        _scratch,
        ("Drain__LimitSeconds", "2"),
        ("Bus__Transport", "rabbitmq"),
        ("Bus__Host", "127.0.0.1"),
        ("Bus__Port", Service.FreePort().ToString(CultureInfo.InvariantCulture)),
        ("Bus__Username", "services"),
        ("Bus__Password", "s3cret"));
}
