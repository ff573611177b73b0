using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ReleaseIntegrity.Tests.EndToEnd.Registry;

/// <summary>
/// Stands between the registry and the collector: hands every notification on as it is, keeps its bytes, and can be
/// away, as a collector is during a restart.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _collector;
    private readonly ConcurrentQueue<(byte[] Body, int Status)> _taken = [];
    private int _refused;

    private Relay(WebApplication app, HttpClient collector)
    {
        _app = app;
        _collector = collector;
    }

    /// <summary>Where the registry sends its notifications.</summary>
    public Uri Address => new($"{_app.Urls.Single()}/notifications/distribution");

    /// <summary>Whether the collector can't be reached at the moment.</summary>
    public bool IsAway { get; set; }

    /// <summary>Notifications that found nobody.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Bodies that were handed on, with the collector's answer.</summary>
    public IReadOnlyCollection<(byte[] Body, int Status)> Taken => _taken;

    public static async Task<Relay> StartAsync(Uri collector)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var relay = new Relay(builder.Build(), new HttpClient { BaseAddress = collector });
        relay._app.MapPost("/notifications/distribution", (Delegate)relay.HandOnAsync);
        await relay._app.StartAsync();
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _collector.Dispose();
    }

    private async Task<IResult> HandOnAsync(HttpContext context)
    {
        if (IsAway)
        {
            Interlocked.Increment(ref _refused);
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/notifications/distribution") { Content = new ByteArrayContent(body.ToArray()) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        request.Headers.TryAddWithoutValidation("Authorization", context.Request.Headers.Authorization.ToString());
        using HttpResponseMessage answer = await _collector.SendAsync(request);
        _taken.Enqueue((body.ToArray(), (int)answer.StatusCode));
        return Results.StatusCode((int)answer.StatusCode);
    }
}
