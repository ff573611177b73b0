using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace ReleaseIntegrity.Tests.Collectors.Resync.Fakes;

/// <summary>What a server does instead of answering properly.</summary>
public enum Fault
{
    None,

    /// <summary>429 with a <c>Retry-After</c> that is too long to sit out.</summary>
    TooMany,

    /// <summary>500.</summary>
    Broken,

    /// <summary>The length is announced, half of it sent, and the connection cut.</summary>
    Truncated,

    /// <summary>A byte now and then, for ever.</summary>
    SlowLoris,

    /// <summary>More than anybody takes.</summary>
    Oversized,

    /// <summary>A success that is no answer of this API.</summary>
    Garbled,

    /// <summary>403.</summary>
    Forbidden,
}

/// <summary>A source's API on a loopback port, with faults.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    public const int LargestAnswer = 256 * 1024;

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _requests = new();

    private FakeServer(WebApplication app) => _app = app;

    public Fault Fault { get; set; }

    /// <summary>Requests so far, as <c>GET /path?query</c>.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    public Uri Address => new(_app.Urls.First());

    public static async Task<FakeServer> StartAsync(Func<HttpContext, Task> answer, X509Certificate2? certificate = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        WebApplication app = builder.Build();
        var server = new FakeServer(app);
        app.Run(context => server.AnswerAsync(context, answer));
        await app.StartAsync(CollectorHost.Ct);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context, Func<HttpContext, Task> answer)
    {
        _requests.Enqueue($"{context.Request.Method} {context.Features.Get<IHttpRequestFeature>()!.RawTarget}");
        HttpResponse response = context.Response;
        switch (Fault)
        {
            case Fault.None:
                await answer(context);
                break;
            case Fault.TooMany:
                response.StatusCode = StatusCodes.Status429TooManyRequests;
                response.Headers.RetryAfter = "7";
                break;
            case Fault.Broken:
                response.StatusCode = StatusCodes.Status500InternalServerError;
                break;
            case Fault.Forbidden:
                response.StatusCode = StatusCodes.Status403Forbidden;
                break;
            case Fault.Truncated:
                await WholeAsync(context, answer, async body =>
                {
                    response.ContentLength = body.Length + 10;
                    await response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), context.RequestAborted);
                    await response.Body.FlushAsync(context.RequestAborted);

                    // A reset overtakes what was sent and not read yet.
                    await Task.Delay(200, context.RequestAborted);
                    context.Abort();
                });
                break;
            case Fault.Garbled:
                await response.WriteAsync("<html>maintenance</html>", context.RequestAborted);
                break;
            case Fault.Oversized:
                for (int sent = 0; sent < 4 * LargestAnswer; sent += 4096)
                {
                    await response.Body.WriteAsync(new byte[4096], context.RequestAborted);
                }

                break;
            case Fault.SlowLoris:
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await response.Body.WriteAsync("["u8.ToArray(), context.RequestAborted);
                    await response.Body.FlushAsync(context.RequestAborted);
                    await Task.Delay(100, context.RequestAborted);
                }

                break;
        }
    }

    private static async Task WholeAsync(HttpContext context, Func<HttpContext, Task> answer, Func<byte[], Task> send)
    {
        Stream real = context.Response.Body;
        using var body = new MemoryStream();
        context.Response.Body = body;
        await answer(context);
        context.Response.Body = real;
        await send(body.ToArray());
    }
}
