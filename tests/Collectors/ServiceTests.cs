using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseIntegrity.Collectors.ArtifactRegistry;
using ReleaseIntegrity.Collectors.ChangeSnapshot;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Collectors.RuntimeValidation;
using ReleaseIntegrity.Collectors.SignatureLedger;

namespace ReleaseIntegrity.Tests.Collectors;

/// <summary>The four collectors in one process, as the embedded mode has them, with their real formats.</summary>
public sealed class ServiceTests : WithFolder
{
    [Fact]
    public async Task Four_collectors_share_a_process_and_keep_their_stores_apart()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        IConfiguration settings = Settings(("Store:DataFolder", Folder), ("Names:ClusterHeader", "x-my-cluster"));
        builder.Services
            .AddArtifactRegistryCollector(settings)
            .AddSignatureLedgerCollector(settings)
            .AddChangeSnapshotCollector(settings)
            .AddRuntimeValidationCollector(settings);
        await using WebApplication app = builder.Build();
        foreach (Source source in Enum.GetValues<Source>())
        {
            app.MapGroup(WireNames.Of(source)).MapCollector(source);
        }

        await app.StartAsync(CollectorHost.Ct);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        foreach (string path in (string[])["artifact-registry/notifications/harbor", "signature-ledger/notifications/rekor-v1", "change-snapshot/notifications/jira", "runtime-validation/notifications/k8s-pod"])
        {
            using HttpResponseMessage taken = await client.PostAsync(new Uri(path, UriKind.Relative), new StringContent("{}"), CollectorHost.Ct);
            Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        }

        Assert.Equal(
            WireNames.All<Source>().Order(), Directory.GetFiles(Folder, "*.db").Select(Path.GetFileNameWithoutExtension).Order());
        CollectorOptions runtime = app.Services.GetRequiredService<IOptionsMonitor<CollectorOptions>>().Get("runtime-validation");
        Assert.Equal(["x-my-cluster"], runtime.KeptHeaders);
        await app.StopAsync(CollectorHost.Ct);
    }

    [Fact]
    public void Settings_come_from_configuration()
    {
        var services = new ServiceCollection();
        services.AddArtifactRegistryCollector(Settings(
            ("MaxBodyBytes", "1000"),
            ("Credential:Secrets:0", "0123456789abcdef"),
            ("Formats:harbor:Instance", "registry.example"),
            ("Formats:harbor:Credential:Header", "X-Token"),
            ("Formats:harbor:Credential:Secrets:0", "fedcba9876543210"),
            ("KeptHeaders:0", "x-more")));
        using ServiceProvider provider = services.BuildServiceProvider();
        CollectorOptions options = provider.GetRequiredService<IOptionsMonitor<CollectorOptions>>().Get("artifact-registry");
        Assert.Equal(1000, options.MaxBodyBytes);
        Assert.Equal(["0123456789abcdef"], options.Credential!.Secrets);
        Assert.Equal("registry.example", options.Formats["harbor"].Instance);
        Assert.Equal("X-Token", options.Formats["harbor"].Credential!.Header);
        Assert.Equal(["content-location", "docker-content-digest", "x-github-delivery", "x-more"], options.KeptHeaders);
    }

    private static IConfiguration Settings(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)))
            .Build();
}
