using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ReleaseIntegrity.Hosting.Doctor;
using ReleaseIntegrity.Hosting.Draining;
using ReleaseIntegrity.Hosting.Health;

namespace ReleaseIntegrity.Hosting;

/// <summary>What every service that is a process of its own starts from.</summary>
public static class ServiceDefaults
{
    /// <summary>The setting that names the folder of secrets, and the folder when it says nothing.</summary>
    public const string SecretsFolder = "SecretsFolder";

    private const string DefaultSecretsFolder = "/run/secrets";

    /// <summary>
    /// A builder for a service. A setting is looked for on the command line (<c>--Store:Engine sqlserver</c>), then in
    /// the folder of secrets, where a file is a setting (<c>Store__ConnectionString</c>), then in the environment
    /// (<c>Store__Engine</c>), then in <c>appsettings.json</c> of the working folder. Logs are one JSON line each on
    /// stdout, in UTC.
    /// </summary>
    /// <exception cref="ListenException">The setting <c>urls</c> names no address to listen on.</exception>
    public static WebApplicationBuilder CreateBuilder(string[] args, ServiceParts parts)
    {
        WebApplicationBuilder builder = CreateConfigured(args);
        AddLogs(builder.Logging);
        builder.AddTelemetry(parts.Name);
        builder.AddDraining();
        builder.Services.AddHealthChecks().Add(BrokerHealth.Registration(parts.NeedsBroker));
        builder.AddExaminations(parts);
        parts.Add(builder, Listen(builder, parts.DefaultUrl));
        return builder;
    }

    /// <summary>Adds the folder of secrets, where a file is a setting and its text the value; it need not be there.</summary>
    /// <param name="configuration">The settings so far, among them <see cref="SecretsFolder"/>.</param>
    /// <param name="defaultFolder">Where it is when they don't say.</param>
    public static void AddSecrets(this ConfigurationManager configuration, string defaultFolder = DefaultSecretsFolder) =>
        configuration.AddKeyPerFile(Path.GetFullPath(configuration[SecretsFolder] ?? defaultFolder), optional: true, reloadOnChange: false);

    /// <summary>A builder that knows the settings, and nothing else yet.</summary>
    internal static WebApplicationBuilder CreateConfigured(string[] args)
    {
        // A changed file counts at the next start: nothing here is read twice.
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
        builder.Configuration.AddSecrets();

        // Once more: it has the last word.
        builder.Configuration.AddCommandLine(args);
        return builder;
    }

    /// <summary>Maps what every service answers: <c>/health/live</c>, <c>/health/ready</c> and <c>/metrics</c>.</summary>
    public static void MapDefaults(this WebApplication app)
    {
        app.MapHealth();
        app.MapPrometheusScrapingEndpoint("/metrics");
    }

    private static ListenAddress[] Listen(WebApplicationBuilder builder, string defaultUrl)
    {
        ListenAddress[] addresses = ListenAddress.ParseAll(builder.Configuration[WebHostDefaults.ServerUrlsKey] ?? defaultUrl);
        X509Certificate2? certificate = ServerCertificate.For(addresses, builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Array.ForEach(addresses, address => address.Listen(kestrel, certificate: certificate));
        });
        return addresses;
    }

    private static void AddLogs(ILoggingBuilder logging)
    {
        logging.ClearProviders().AddJsonConsole(console =>
        {
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        });
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("MassTransit", LogLevel.Warning);
        logging.AddFilter("Grpc", LogLevel.Warning);

        // The server warns of every setting that names an address, since we pass the addresses on ourselves; readiness
        // is answered, not logged.
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);

        // The program tells why a start failed, shorter.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
    }
}
