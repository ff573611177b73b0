using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ReleaseIntegrity.Collectors.ArtifactRegistry;
using ReleaseIntegrity.Collectors.ChangeSnapshot;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Collectors.RuntimeValidation;
using ReleaseIntegrity.Collectors.SignatureLedger;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Tests.Collectors.Resync.Fakes;

/// <summary>A real collector with its formats that asks one source, configured as anybody would: by settings.</summary>
internal sealed class AskingCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client;
    private readonly RecordingPublisher _transport;

    private AskingCollector(WebApplication app, RecordingPublisher transport)
    {
        (_app, _transport) = (app, transport);
        _client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public IReadOnlyList<Observation> Observations => _transport.Observations;

    public IReadOnlyList<SourceHeard> Heard =>
        [.. _transport.Messages.Where(m => m.Type == "source-heard.v1").Select(m => (SourceHeard)MessageTypes.Deserialise(m.Type, m.Payload))];

    public static async Task<AskingCollector> StartAsync(
        Source source, string folder, Uri address, string api, params (string Name, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>
        {
            ["Collector:Resync:main:Api"] = api,
            ["Collector:Resync:main:Address"] = address.ToString(),
            ["Collector:Resync:main:EverySeconds"] = "3600",
            ["Collector:Resync:main:PauseSeconds"] = "0",
            ["Collector:Resync:main:TimeoutSeconds"] = "2",
            ["Collector:Resync:main:Retries"] = "1",
            ["Collector:Resync:main:MaxAnswerBytes"] = $"{FakeServer.LargestAnswer}",
        };
        foreach ((string name, string value) in settings)
        {
            values[name.StartsWith("Collector:", StringComparison.Ordinal) ? name : $"Collector:Resync:main:{name}"] = value;
        }

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(values);
        IConfigurationSection section = builder.Configuration.GetSection("Collector");
        void Configure(CollectorOptions options) => options.Store.DataFolder = folder;
        _ = source switch
        {
            Source.ArtifactRegistry => builder.Services.AddArtifactRegistryCollector(section, Configure),
            Source.SignatureLedger => builder.Services.AddSignatureLedgerCollector(section, Configure),
            Source.ChangeSnapshot => builder.Services.AddChangeSnapshotCollector(section, Configure),
            _ => builder.Services.AddRuntimeValidationCollector(section, Configure),
        };
        var transport = new RecordingPublisher();
        builder.Services.AddSingleton<IOutboxPublisher>(transport);
        WebApplication app = builder.Build();
        app.MapCollector(source);
        await app.StartAsync(CollectorHost.Ct);
        return new AskingCollector(app, transport);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        string text = await _client.GetStringAsync(new Uri(path, UriKind.Relative), CollectorHost.Ct);
        return JsonDocument.Parse(text).RootElement;
    }

    public async Task<JsonElement> MarkAsync() => (await GetAsync("watermarks")).GetProperty("watermarks")[0];

    public async Task PushAsync(string format, string body)
    {
        using HttpResponseMessage response = await _client.PostAsync(
            new Uri($"notifications/{format}", UriKind.Relative), new StringContent(body, System.Text.Encoding.UTF8, "application/json"), CollectorHost.Ct);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await QuietAsync();
    }

    /// <summary>Waits for an answer to the first question, or to one that is asked now.</summary>
    public async Task<JsonElement> AnsweredAsync(bool ask = true, string target = "")
    {
        DateTimeOffset before = ask ? DateTimeOffset.UtcNow : default;
        if (ask)
        {
            await AskAsync(target);
        }

        JsonElement mark = await UntilAsync(m => Instant(m.GetProperty("lastSuccessAt")) is { } at && at >= before, "answered");
        await QuietAsync();
        return mark;
    }

    /// <summary>Asks now, and waits for one of the troubles, or for any.</summary>
    public async Task<JsonElement> FailsAsync(params string[] troubles)
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        await AskAsync();
        return (await UntilAsync(
            m => m.GetProperty("lastError") is { ValueKind: JsonValueKind.Object } error && error.GetProperty("at").GetDateTimeOffset() >= before
                && (troubles.Length == 0 || troubles.Contains(error.GetProperty("trouble").GetString())),
            "failed")).GetProperty("lastError");
    }

    public async Task QuietAsync() => await When_a_source_is_asked.EventuallyAsync(
        async () => await GetAsync("counts") is var counts && counts.GetProperty("waiting").GetInt64() == 0
            && counts.GetProperty("unpublished").GetInt64() == 0,
        "quiet");

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private async Task AskAsync(string target = "")
    {
        using HttpResponseMessage response = await _client.PostAsync(new Uri($"resync?target={Uri.EscapeDataString(target)}", UriKind.Relative), null, CollectorHost.Ct);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    private async Task<JsonElement> UntilAsync(Func<JsonElement, bool> condition, string what)
    {
        JsonElement mark = default;
        await When_a_source_is_asked.EventuallyAsync(
            async () => condition(mark = await MarkAsync()), what, () => mark.ToString());
        return mark;
    }

    private static DateTimeOffset? Instant(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetDateTimeOffset() : null;
}
