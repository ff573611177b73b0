using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Handoff;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.Feed;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Handoff.Masking;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>The service with a store of its own, on an in-memory server or a real socket, and a client over a real gRPC channel.</summary>
internal sealed class HandoffHost : IAsyncDisposable
{
    private readonly string _folder;
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;
    private readonly bool _keep;
    private readonly bool _sockets;

    private HandoffHost(string folder, bool keep, bool sockets, WebApplication app)
    {
        _sockets = sockets;
        _folder = folder;
        _keep = keep;
        _app = app;
        _channel = ChannelOf(TokenOf(CallerClaims.ByName.Values));
        Client = new HandoffService.HandoffServiceClient(_channel);
    }

    public static TokenKey Key { get; } = TokenKey.Parse(Encoding.ASCII.GetBytes(new string('7', 64)));

    public static SigningKey SigningKey { get; } = SigningKey.Generate();

    public string Folder => _folder;

    public HandoffService.HandoffServiceClient Client { get; }

    public GrpcChannel Channel => _channel;

    public HandoffFeed Feed => _app.Services.GetRequiredService<HandoffFeed>();

    public IServiceProvider Services => _app.Services;

    /// <summary>A client of the JSON form that may do everything.</summary>
    public HttpClient Http => HttpOf(TokenOf(CallerClaims.ByName.Values));

    /// <summary>A token of some roles, by default for all repositories.</summary>
    public static string TokenOf(IEnumerable<Role> roles, params string[]? repositories) =>
        SigningKey.Mint("maya", roles, repositories is { Length: > 0 } ? repositories : null, DateTimeOffset.UtcNow.AddHours(1));

    /// <summary>A channel of a caller; without a token where it is null.</summary>
    public GrpcChannel ChannelOf(string? token, Func<HttpMessageHandler, HttpMessageHandler>? through = null)
    {
        HttpMessageHandler server = _sockets ? new SocketsHttpHandler() : _app.GetTestServer().CreateHandler();
        return GrpcChannel.ForAddress(_sockets ? _app.Urls.Single() : "http://localhost", new GrpcChannelOptions { HttpHandler = new Authorized(through?.Invoke(server) ?? server, token) });
    }

    /// <summary>A channel that may do everything, and sends some headers that gRPC's client doesn't know of.</summary>
    public GrpcChannel ChannelWith(params (string Name, string Value)[] headers) =>
        ChannelOf(TokenOf(CallerClaims.ByName.Values), inner => new Stamped(inner, headers));

    /// <summary>A client of the JSON form.</summary>
    public HttpClient HttpOf(string? token) => _sockets
        ? new(new Authorized(new SocketsHttpHandler(), token))
        {
            BaseAddress = new Uri(_app.Urls.Single()), DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        }
        : new(new Authorized(_app.GetTestServer().CreateHandler(), token)) { BaseAddress = new Uri("http://localhost") };

    /// <summary>Every log line, scopes and exceptions included, at the most talkative level.</summary>
    public ConcurrentQueue<string> Log { get; private init; } = [];

    public static async Task<HandoffHost> StartAsync(
        Func<HandoffOptions, HandoffOptions>? configure = null, string? folder = null, TokenKey? key = null, bool keep = false, bool bus = false, StorePlace? place = null, bool sockets = false)
    {
        folder ??= Directory.CreateTempSubdirectory("handoff-").FullName;
        var options = new HandoffOptions
        {
            Store = place is null
                ? new StoreOptions { DataFolder = folder, FileName = "handoff.db" }
                : await place.OptionsAsync(HandoffHosting.Key, HandoffHosting.Migrations),
            TokenKey = key ?? Key,
            Access = new AccessOptions { SigningKey = SigningKey },
            WatchPollInterval = TimeSpan.FromMilliseconds(50),
        };
        var log = new ConcurrentQueue<string>();
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        if (sockets)
        {
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2));
        }
        else
        {
            builder.WebHost.UseTestServer();
        }

        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(new Recorder(log));
        builder.Services.AddHandoff(configure?.Invoke(options) ?? options);
        if (bus)
        {
            builder.Services.AddBus(new BusOptions(), consumers => consumers.AddHandoffConsumers());
        }

        WebApplication app = builder.Build();
        app.MapHandoff();
        await app.StartAsync();
        return new HandoffHost(folder, keep, sockets, app) { Log = log };
    }

    /// <summary>The message about a ledger.</summary>
    public static LedgerChanged Changed(RandomDocument random, long revision)
    {
        string canonical = CanonicalJson.Text(random.Ledger);
        return new LedgerChanged
        {
            Tuple = random.Tuple,
            Revision = revision,
            CanonicalLedger = Encoding.UTF8.GetBytes(canonical),
            HoldsOpened = [],
            HoldsReleased = [],
            LedgerSha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))),
            RecordedAt = new DateTimeOffset(2026, 3, 22, 10, 0, 0, TimeSpan.Zero).AddMinutes(revision),
        };
    }

    /// <summary>
    /// The message about a package of a chain. The content is the random one with another expiry per number, so that
    /// every number has an id of its own.
    /// </summary>
    public static CorrectionPackagePrepared Prepared(RandomDocument random, long revision)
    {
        JsonObject package = Content(random, revision);
        return new CorrectionPackagePrepared
        {
            Tuple = random.Tuple,
            PackageId = (string)package["id"]!,
            Revision = revision,
            Supersedes = revision == 1 ? null : (string)Content(random, revision - 1)["id"]!,
            CanonicalPackage = CanonicalJson.Bytes(package),
            PreparedAt = new DateTimeOffset(2026, 3, 22, 10, 0, 0, TimeSpan.Zero).AddMinutes(revision),
        };
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (!_keep)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static JsonObject Content(RandomDocument random, long revision)
    {
        var package = (JsonObject)random.Package.DeepClone();
        package.Remove("id");
        package["expiresAt"] = $"2026-04-22T10:{revision % 60:00}:00Z";
        package["id"] = CanonicalJson.Sha256(package);
        return package;
    }

    private sealed class Authorized(HttpMessageHandler inner, string? token) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = token is null ? null : new("Bearer", token);
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Stamped(HttpMessageHandler inner, (string Name, string Value)[] headers) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Array.ForEach(headers, h => request.Headers.TryAddWithoutValidation(h.Name, h.Value));
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Recorder(ConcurrentQueue<string> log) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            log.Enqueue(state.ToString() ?? "");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
