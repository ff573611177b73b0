using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Collectors.Hosting;

/// <summary>What every collector that is a service of its own starts from.</summary>
public static class CollectorService
{
    /// <summary>The configuration section of a collector's settings.</summary>
    public const string Section = "Collector";

    private const string DefaultUrl = "http://127.0.0.1:8080";

    /// <summary>
    /// A builder with the defaults of the collectors: configuration from <c>appsettings.json</c>, the environment
    /// (<c>Collector__Credential__Secrets__0</c>) and the command line (<c>--Collector:DataFolder</c>), logs of one
    /// JSON line each, and a loopback address unless <c>--urls</c> says otherwise.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.ClearProviders().AddJsonConsole(console => console.UseUtcTimestamp = true);

        // RunAsync tells why a start failed, shorter.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        if (builder.Configuration[WebHostDefaults.ServerUrlsKey] is null)
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        return builder;
    }

    /// <summary>
    /// Runs the service until it is told to stop. What keeps it from starting and can be put right in its settings is
    /// told on stderr without a stack trace. Returns the exit code: 0, or 2 for such a refusal.
    /// </summary>
    public static async Task<int> RunAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception e) when (e is OptionsValidationException or StoreException or ListenException or FormatException)
        {
            IEnumerable<string> reasons = e is OptionsValidationException refused ? refused.Failures : [e.Message];
            foreach (string reason in reasons)
            {
                await Console.Error.WriteLineAsync(reason);
            }

            return 2;
        }

        await app.WaitForShutdownAsync();
        return 0;
    }
}
