using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Collectors.Hosting.Resync;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Hosting;
using ReleaseIntegrity.Hosting.Health;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Collectors;

/// <summary>A collector on a loopback port, with its data in a folder that outlives it.</summary>
internal sealed class CollectorHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private CollectorHost(WebApplication app) => _app = app;

    public HttpClient Client { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<CollectorHost> StartAsync(
        StorePlace place,
        Action<CollectorOptions>? configure = null,
        Action<IServiceCollection>? services = null,
        IReadOnlyList<INormalizer>? normalisers = null)
    {
        StoreOptions store = await place.OptionsAsync(WireNames.Of(Source.ArtifactRegistry), CollectorServices.Migrations);
        return await StartAsync(
            "",
            options =>
            {
                options.Store = store;
                configure?.Invoke(options);
            },
            services,
            normalisers);
    }

    public static async Task<CollectorHost> StartAsync(
        string folder,
        Action<CollectorOptions>? configure = null,
        Action<IServiceCollection>? services = null,
        IReadOnlyList<INormalizer>? normalisers = null,
        string urls = "http://127.0.0.1:0",
        X509Certificate2? certificate = null,
        X509Certificate2? shown = null,
        IReadOnlyList<SourceApi>? apis = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        ListenAddress address = ListenAddress.Parse(urls);
        builder.WebHost.ConfigureKestrel(kestrel => address.Listen(kestrel, certificate: certificate));
        builder.Services.AddCollector(
            Source.ArtifactRegistry,
            _ => normalisers ?? [new FakeNormalizer(), new FakeNormalizer("other")],
            options =>
            {
                options.Store.DataFolder = folder;
                configure?.Invoke(options);
            },
            apis);
        services?.Invoke(builder.Services);
        WebApplication app = builder.Build();
        app.MapCollector(Source.ArtifactRegistry);
        app.MapHealth();
        try
        {
            await app.StartAsync(Ct);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var handler = new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromSeconds(60) };
        if (certificate is not null)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, server, _, _) => server?.GetCertHashString() == certificate.GetCertHashString();
            handler.SslOptions.ClientCertificates = shown is null ? null : [shown];
            handler.SslOptions.LocalCertificateSelectionCallback = shown is null ? null : (_, _, _, _, _) => shown;
        }

        return new CollectorHost(app) { Client = new HttpClient(handler) { BaseAddress = new Uri(app.Urls.First()) } };
    }

    public Task<HttpResponseMessage> PostAsync(string body, string format = "fake", Action<HttpRequestMessage>? with = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"notifications/{format}")
        {
            Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        with?.Invoke(request);
        return Client.SendAsync(request, Ct);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(new Uri(path, UriKind.Relative), Ct);
        string text = await response.Content.ReadAsStringAsync(Ct);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Posts, and returns the intake id.</summary>
    public async Task<string> AcceptAsync(string body, string format = "fake")
    {
        using HttpResponseMessage response = await PostAsync(body, format);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, response.StatusCode);
        JsonElement answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement;
        return answer.GetProperty("intakeId").GetString()!;
    }

    /// <summary>Waits until nothing waits, and returns the counts.</summary>
    public async Task<JsonElement> QuietAsync(bool published = false)
    {
        for (int i = 0; ; i++)
        {
            JsonElement counts = await GetAsync("counts");
            if (counts.GetProperty("waiting").GetInt64() == 0 && (!published || counts.GetProperty("unpublished").GetInt64() == 0))
            {
                return counts;
            }

            Assert.True(i < 12_000, $"the collector does not come to rest: {counts}");
            await Task.Delay(10, Ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}

/// <summary>A folder that is gone after the test.</summary>
public abstract class WithFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("release-integrity-collector-");

    protected string Folder => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}

/// <summary>A transport that remembers, and can be down.</summary>
internal sealed class RecordingPublisher : IOutboxPublisher
{
    private readonly ConcurrentQueue<OutboxMessage> _messages = new();

    public bool Down { get; set; }

    public IReadOnlyList<OutboxMessage> Messages => [.. _messages];

    public IReadOnlyList<ObservationsNormalised> Readings =>
        [.. _messages.Where(m => m.Type == "observations-normalised.v1")
            .Select(m => (ObservationsNormalised)MessageTypes.Deserialise(m.Type, m.Payload))];

    public IReadOnlyList<SourceHeard> Heard =>
        [.. _messages.Where(m => m.Type == "source-heard.v1").Select(m => (SourceHeard)MessageTypes.Deserialise(m.Type, m.Payload))];

    public IReadOnlyList<Observation> Observations => [.. Readings.SelectMany(r => r.Observations)];

    public bool IsDurable => true;

    public Task ReadyAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task PublishAsync(OutboxParcel parcel, CancellationToken cancellationToken)
    {
        if (Down)
        {
            throw new IOException("down");
        }

        parcel.Messages.ToList().ForEach(_messages.Enqueue);
        return Task.CompletedTask;
    }
}
