using Google.Protobuf.Reflection;
using Google.Rpc;
using MassTransit;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Api;
using ReleaseIntegrity.Handoff.Audit;
using ReleaseIntegrity.Handoff.Deciding;
using ReleaseIntegrity.Handoff.Evaluating;
using ReleaseIntegrity.Handoff.Feed;
using ReleaseIntegrity.Handoff.OpenApi;
using ReleaseIntegrity.Handoff.Reading;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.Watching;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Messaging.Consuming;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff;

/// <summary>Puts the handoff into a host: alone, or beside the other services in one process.</summary>
public static class HandoffHosting
{
    /// <summary>The handoff's name, and the key of what is its own.</summary>
    public const string Key = "handoff";

    /// <summary>Where the OpenAPI document of the JSON form is served, to everyone.</summary>
    public const string OpenApiPath = "/openapi/v1.json";

    /// <summary>The schema of its store.</summary>
    public static MigrationSet Migrations => HandoffStore.Migrations;

    /// <summary>
    /// Adds the store, the feed (<see cref="HandoffFeed"/>), the tail and the API. The store is opened, and its schema
    /// brought up to date, when the host starts.
    /// </summary>
    public static IServiceCollection AddHandoff(this IServiceCollection services, HandoffOptions options)
    {
        TwoPersonFields.Require(options.TwoPersonFields);
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton(options);
        services.AddSingleton(new Masker(options.TokenKey));
        services.AddSingleton(p => new HandoffStore(
            Stores.Open(options.Store, HandoffStore.Migrations),
            p.GetRequiredService<Masker>(),
            p.GetRequiredService<TimeProvider>(),
            alone: options.Store.Engine == StoreEngines.Sqlite && !options.Store.Shared));
        services.AddKeyedSingleton(Key, (p, _) => new StoreHold(
            p.GetRequiredService<HandoffStore>().Store, p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<StoreHold>>()));
        services.AddHostedService<StoreOpening>();
        services.AddSingleton(p => p.GetRequiredService<HandoffStore>().Outbox);
        services.AddSingleton<AuditLog>();
        services.AddSingleton<DeniedCalls>();
        services.AddSingleton<Disclosure>();
        services.AddSingleton<Decider>();
        services.AddSingleton<MaskedDocuments>();
        services.AddSingleton<StandingAnswers>();
        services.AddSingleton(p => new HandoffFeed(
            p.GetRequiredService<HandoffStore>(), p.GetRequiredService<Masker>(), p.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()));
        services.AddHostedService<EvaluationBackfill>();
        services.AddHostedService<EvaluationMetrics>();
        services.AddSingleton<PackageTail>();
        services.AddHostedService(p => p.GetRequiredService<PackageTail>());
        services.AddSingleton(p => new Credentials(options.Access, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AccessInterceptor>();
        services.AddSingleton<FailureInterceptor>();
        services.AddApi(options);
        return services;
    }

    /// <summary>The forms of the API: gRPC, gRPC-Web, JSON, reflection and health.</summary>
    private static void AddApi(this IServiceCollection services, HandoffOptions options)
    {
        // Else they are made anew for each call.
        services.AddSingleton<HandoffApi>();
        services.AddSingleton<DecisionApi>();
        services.AddSingleton<AuditApi>();
        services.AddGrpc(grpc =>
        {
            grpc.Interceptors.Add<FailureInterceptor>();
            grpc.Interceptors.Add<AccessInterceptor>();
            grpc.EnableDetailedErrors = false;
            grpc.MaxReceiveMessageSize = options.MaximumRequestBytes;
            grpc.MaxSendMessageSize = options.MaximumResponseBytes;
        }).AddJsonTranscoding(json =>
            json.TypeRegistry = TypeRegistry.FromFiles([ErrorDetailsReflection.Descriptor, .. AccessRules.Files]));
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks().AddCheck<StoreHealth>("handoff-store");
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.Limits.Http2.KeepAlivePingDelay = options.KeepAliveInterval;
            kestrel.Limits.Http2.KeepAlivePingTimeout = options.KeepAliveTimeout;
        });

        // What a page in a browser may read of an answer has to be named (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md).
        services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. options.Origins])
            .AllowAnyMethod()
            .AllowAnyHeader()
            .WithExposedHeaders("Grpc-Status", "Grpc-Message", "Grpc-Status-Details-Bin", "Grpc-Encoding", "Grpc-Accept-Encoding")));
    }

    /// <summary>Adds the consumer that feeds the store from the bus, and what empties the store's outbox onto it.</summary>
    public static void AddHandoffConsumers(this IRegistrationConfigurator bus)
    {
        bus.AddConsumer<HandoffFeedConsumer, HandoffFeedConsumerDefinition>();
        bus.AddSingleton<IHostedService>(p => ActivatorUtilities.CreateInstance<OutboxDispatcher>(p, p.GetRequiredService<HandoffStore>().Outbox));
    }

    /// <summary>
    /// Maps the API as gRPC, gRPC-Web and JSON (<c>/v1/…</c>), its OpenAPI document (<see cref="OpenApiPath"/>), gRPC
    /// reflection and gRPC health. gRPC needs HTTP/2: without TLS, an endpoint of its own. gRPC-Web does with HTTP/1.1.
    /// </summary>
    public static void MapHandoff(this WebApplication app)
    {
        HandoffOptions options = app.Services.GetRequiredService<HandoffOptions>();
        app.UseCors();
        app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
        app.UseJsonLimit(options.MaximumRequestBytes);
        app.MapGrpcService<HandoffApi>();
        app.MapGrpcService<DecisionApi>();
        app.MapGrpcService<AuditApi>();
        app.MapGrpcReflectionService();
        app.MapGrpcHealthChecksService();
        app.MapOpenApi(OpenApiPath);
    }

    /// <summary>Opens the store before anything listens, so that a store that can't be opened stops the start.</summary>
    private sealed class StoreOpening(HandoffStore store) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class StoreHealth(HandoffStore store) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await store.ReadAsync(HandoffQueries.PositionAsync, cancellationToken);
            return HealthCheckResult.Healthy();
        }
    }
}
