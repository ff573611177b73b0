using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ReleaseIntegrity.Tests.Offline;

/// <summary>A registry that has no image, and remembers what it was asked for.</summary>
internal sealed class SilentRegistry : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SilentRegistry(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    /// <summary>The paths so far.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<SilentRegistry> StartAsync(CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        var registry = new SilentRegistry(app);
        app.Run(context =>
        {
            registry.Requests.Enqueue(context.Request.Path);
            bool isCatalog = context.Request.Path.Value!.EndsWith("/_catalog", StringComparison.Ordinal);
            context.Response.StatusCode = isCatalog ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
            return context.Response.WriteAsync(isCatalog ? """{"repositories":[]}""" : "{}", cancellationToken);
        });
        await app.StartAsync(cancellationToken);
        return registry;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
