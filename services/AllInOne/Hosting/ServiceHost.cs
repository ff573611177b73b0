using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ReleaseIntegrity.AllInOne.Offline;
using ReleaseIntegrity.AllInOne.Offline.Input;
using ReleaseIntegrity.Collectors.ArtifactRegistry;
using ReleaseIntegrity.Collectors.ChangeSnapshot;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Collectors.Hosting.Retention;
using ReleaseIntegrity.Collectors.RuntimeValidation;
using ReleaseIntegrity.Collectors.SignatureLedger;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Handoff;
using ReleaseIntegrity.Hosting;
using ReleaseIntegrity.Hosting.Health;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Policies;
using ReleaseIntegrity.Reconciling;

namespace ReleaseIntegrity.AllInOne.Hosting;

/// <summary>Every service in one process: collectors, reconciler and handoff over an in-memory bus and SQLite files.</summary>
internal sealed class ServiceHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ServiceHost(WebApplication app, IReadOnlyList<Uri> http, Uri grpc, string? tokenFile)
    {
        _app = app;
        TokenFile = tokenFile;
        Http = http;
        Grpc = grpc;
    }

    /// <summary>Where the collectors and the JSON form of the handoff listen.</summary>
    public IReadOnlyList<Uri> Http { get; }

    /// <summary>The file of a token for everything; null where an OpenID provider or another key issues tokens.</summary>
    public string? TokenFile { get; }

    /// <summary>Where the gRPC handoff listens: HTTP/2 without TLS, on loopback.</summary>
    public Uri Grpc { get; }

    /// <summary>Starts everything.</summary>
    /// <exception cref="UsageException">Something in the request or the settings can't be used.</exception>
    public static async Task<ServiceHost> StartAsync(ServeRequest request, CancellationToken cancellationToken)
    {
        Policy policy = ShippedOr(request.Policy);
        ListenAddress[] addresses = Addresses(request);
        DataFolder data = DataFolder.Open(request.DataFolder);
        WebApplicationBuilder builder = CreateBuilder(request, data);
        Credentials.Require(builder.Configuration, addresses, data);
        Usable(() => AddServices(builder, data, policy));

        X509Certificate2? certificate = CertificateFor(addresses, builder.Configuration);
        var listening = new List<(ListenOptions Bound, string Scheme)>();
        ListenOptions? grpc = null;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            foreach (ListenAddress address in addresses)
            {
                address.Listen(kestrel, HttpProtocols.Http1, bound => listening.Add((bound, address.IsTls ? "https" : "http")), certificate);
            }

            // Without TLS one port can't speak both HTTP/1.1 and the HTTP/2 that gRPC needs.
            kestrel.Listen(IPAddress.Loopback, request.GrpcPort, options =>
            {
                options.Protocols = HttpProtocols.Http2;
                grpc = options;
            });
        });

        WebApplication app = builder.Build();
        try
        {
            // Mapping already opens the stores.
            Map(app);
            await app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (StartRefusal.ReasonsOf(e) is not null || e is IOException)
        {
            await app.DisposeAsync();
            throw new UsageException(string.Join('\n', StartRefusal.ReasonsOf(e) ?? [e.Message]));
        }

        return new ServiceHost(app, [.. listening.Select(l => Reachable(l.Bound, l.Scheme))], Reachable(grpc!, "http"), TokenFileOf(app, data));
    }

    /// <summary>Serves until the process is told to stop.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static string? TokenFileOf(WebApplication app, DataFolder data)
    {
        if (!HandoffAccess.IsOwn(app.Configuration))
        {
            return null;
        }

        app.Logger.LogInformation("handoff: a token for every role and repository is in {File}; others are made with the command token", data.HandoffTokenFile);
        return data.HandoffTokenFile;
    }

    private static Policy ShippedOr(string? path) => path is null
        ? PolicyFile.Default()
        : PolicyFile.Load(path) switch
        {
            PolicyResult.Loaded loaded => loaded.Policy,
            PolicyResult refused => throw new UsageException(refused.ToString()),
        };

    private static ListenAddress[] Addresses(ServeRequest request)
    {
        try
        {
            return [.. request.Urls.Select(ListenAddress.Parse)];
        }
        catch (ListenException bad)
        {
            throw new UsageException($"--urls: {bad.Message}");
        }
    }

    private static X509Certificate2? CertificateFor(ListenAddress[] addresses, IConfiguration configuration)
    {
        try
        {
            return ServerCertificate.For(addresses, configuration);
        }
        catch (ListenException bad)
        {
            throw new UsageException($"--urls: {bad.Message}");
        }
    }

    private static WebApplicationBuilder CreateBuilder(ServeRequest request, DataFolder data)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddJsonFile(data.SettingsFile, optional: true);
        builder.Configuration.AddEnvironmentVariables();
        builder.Configuration.AddSecrets(data.SecretsFolder);

        // Results go to stdout; what happens meanwhile goes to stderr.
        builder.Logging.ClearProviders().AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(request.Quiet ? LogLevel.Error : LogLevel.Information);
        builder.Logging.AddFilter("Microsoft", request.Quiet ? LogLevel.Error : LogLevel.Warning);
        builder.Logging.AddFilter("Grpc", request.Quiet ? LogLevel.Error : LogLevel.Warning);
        builder.Logging.AddFilter("MassTransit", request.Quiet ? LogLevel.Error : LogLevel.Warning);

        // The caller tells why a start failed, shorter.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        return builder;
    }

    /// <summary>Refuses settings that can't be used in the words of the command line.</summary>
    private static void Usable(Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (StartRefusal.ReasonsOf(e) is { } reasons)
        {
            throw new UsageException(string.Join('\n', reasons));
        }
    }

    private static void AddServices(WebApplicationBuilder builder, DataFolder data, Policy policy)
    {
        IServiceCollection services = builder.Services;
        IConfiguration configuration = builder.Configuration;
        void Configure(CollectorOptions options)
        {
            options.Store.DataFolder = data.Path;
            options.Credential ??= Credentials.Shared(configuration);
        }

        services.AddArtifactRegistryCollector(Credentials.Of(configuration, Source.ArtifactRegistry), Configure);
        services.AddSignatureLedgerCollector(Credentials.Of(configuration, Source.SignatureLedger), Configure);
        services.AddChangeSnapshotCollector(Credentials.Of(configuration, Source.ChangeSnapshot), Configure);
        services.AddRuntimeValidationCollector(Credentials.Of(configuration, Source.RuntimeValidation), Configure);
        services.AddSingleton(policy);
        services.AddSingleton<IEvidenceReferences, OwnReconciler>();
        services.AddReconciler(options => options.Store.DataFolder = data.Path);
        services.AddHandoff(HandoffAccess.Settings(configuration).ReadOptions(
            data.Handoff, data.TokenKey(), HandoffAccess.Of(configuration, data), data.ExportKey()));
        services.AddBus(new BusOptions(), bus =>
        {
            bus.AddReconcilerConsumers();
            bus.AddHandoffConsumers();
        });
    }

    private static void Map(WebApplication app)
    {
        app.UseShortPaths(FormatTable.Shipped().All);
        app.UseLocalOnly();
        app.UseRouting();
        foreach (Source source in Enum.GetValues<Source>())
        {
            app.MapGroup($"/{WireNames.Of(source)}").MapCollector(source);
        }

        app.MapReconciler();
        app.MapHealth();
        app.MapHandoff();
    }

    private static Uri Reachable(ListenOptions options, string scheme)
    {
        IPEndPoint bound = options.IPEndPoint!;
        bool any = bound.Address.Equals(IPAddress.Any) || bound.Address.Equals(IPAddress.IPv6Any);
        return new UriBuilder(scheme, any ? "localhost" : bound.Address.ToString(), bound.Port).Uri;
    }
}
