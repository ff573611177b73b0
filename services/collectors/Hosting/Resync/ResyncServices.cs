using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Messaging.Consuming;

namespace ReleaseIntegrity.Collectors.Hosting.Resync;

/// <summary>Registers what asks the sources of one collector.</summary>
internal static class ResyncServices
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(500);

    // Longer pauses are kept by the loop, which can wait without holding a request.
    private static readonly TimeSpan LongestPauseInPlace = TimeSpan.FromSeconds(5);

    public static void AddResync(
        this IServiceCollection services, Source source, IReadOnlyCollection<SourceApi> apis, Action<CollectorOptions> configure)
    {
        string name = WireNames.Of(source);
        services.AddSingleton<IValidateOptions<CollectorOptions>>(new ResyncRefusals(name, apis));
        services.AddKeyedSingleton(source, (provider, _) => new ResyncRequests(
            provider.GetRequiredKeyedService<Collector>(source),
            [.. Collector(provider, source).Options.Resync.Select(r => Source(provider, source, r.Key, r.Value, apis))],
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IResyncListener>(provider => provider.GetRequiredKeyedService<ResyncRequests>(source));

        // Clients and loops are registered by name, so the names have to be known now.
        var stated = new CollectorOptions();
        configure(stated);
        foreach ((string key, ResyncOptions options) in stated.Resync)
        {
            AddClient(services, ClientName(source, key), options);
            services.AddSingleton<IHostedService>(provider => new ResyncLoop(
                Collector(provider, source),
                provider.GetRequiredKeyedService<ResyncRequests>(source).Sources.Single(s => s.Name == key),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<ResyncLoop>>()));
        }
    }

    private static Collector Collector(IServiceProvider provider, Source source) => provider.GetRequiredKeyedService<Collector>(source);

    private static string ClientName(Source source, string key) => $"resync/{WireNames.Of(source)}/{key}";

    private static ResyncSource Source(
        IServiceProvider provider, Source source, string key, ResyncOptions options, IReadOnlyCollection<SourceApi> apis)
    {
        TimeProvider clock = provider.GetRequiredService<TimeProvider>();
        IHttpClientFactory clients = provider.GetRequiredService<IHttpClientFactory>();
        HttpClient Client() => clients.CreateClient(ClientName(source, key));

        Uri address = ResyncRefusals.AddressOf(options)!;
        Collector collector = Collector(provider, source);
        SourceApi api = apis.Single(a => a.Name == options.Api);
        TokenExchange? tokens = options.Credential is { TokenAddress: { } token, User: { } user }
            ? new TokenExchange(Client, new Uri(token), user, clock)
            : null;
        var credential = new SourceCredential(options.Credential, tokens);
        ISourceClient client = api.Connect(new SourceConnection
        {
            Options = options,
            Http = new SourceHttp(Client, options, address, credential, clock),
            Address = address,
            Clock = clock,
            InstanceOf = format => options.Instance ?? collector.InstanceOf(format),
        });
        return new ResyncSource(key, options, address, client, clock) { TakesEveryHint = api.TakesEveryHint };
    }

    private static void AddClient(IServiceCollection services, string name, ResyncOptions options)
    {
        TimeSpan attempt = TimeSpan.FromSeconds(Math.Clamp(options.TimeoutSeconds, 1, 600));
        int retries = Math.Clamp(options.Retries, 0, 10);
        services.AddHttpClient(name, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => Handler(options, attempt))
            .RemoveAllLoggers()
            .AddStandardResilienceHandler(resilience =>
            {
                resilience.AttemptTimeout.Timeout = attempt;
                resilience.TotalRequestTimeout.Timeout = attempt * (retries + 2);
                resilience.CircuitBreaker.SamplingDuration = attempt * 2;
                resilience.Retry.MaxRetryAttempts = Math.Max(1, retries);
                resilience.Retry.Delay = FirstRetry;
                resilience.Retry.ShouldHandle = arguments => ValueTask.FromResult(retries > 0 && MayTryAgain(arguments.Outcome));
            });
    }

    private static SocketsHttpHandler Handler(ResyncOptions options, TimeSpan attempt)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = attempt,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 64,
        };
        if (options.CertificateAuthorityFile is { } file)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(file);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        return handler;
    }

    private static bool MayTryAgain(Outcome<HttpResponseMessage> outcome) =>
        outcome.Exception is not HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
        && HttpClientResiliencePredicates.IsTransient(outcome)
        && !(SourceTroubles.PauseOf(outcome.Result?.Headers.RetryAfter, DateTimeOffset.UtcNow) > LongestPauseInPlace);
}
