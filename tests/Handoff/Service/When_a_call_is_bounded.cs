using System.Net;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Tests.Handoff.Masking;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>Sizes, deadlines, browsers, and a store that is away.</summary>
public sealed class When_a_call_is_bounded
{
    [Fact]
    public async Task A_request_that_is_too_long_is_refused_in_both_forms()
    {
        await using HandoffHost host = await HandoffHost.StartAsync(o => o with { MaximumRequestBytes = 4096 }, sockets: true);
        var endless = new RevealFieldRequest { Name = "tuples/x/ledger", Field = "f", Reason = new string('x', 5000) };
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await new AuditService.AuditServiceClient(host.Channel).RevealFieldAsync(endless));
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        using var body = new StringContent($$"""{"field":"f","reason":"{{new string('x', 5000)}}"}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage json = await host.Http.PostAsync($"/v1/tuples/{new string('0', 32)}/ledger:reveal", body);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, json.StatusCode);
        Assert.Contains("4096", await json.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_too_long_is_refused_and_a_list_of_it_is_not()
    {
        await using HandoffHost host = await HandoffHost.StartAsync(o => o with { MaximumResponseBytes = 2048 });
        await host.Feed.Apply(HandoffHost.Changed(new RandomDocument(1), 1));
        Ledger ledger = Assert.Single((await host.Client.ListLedgersAsync(new ListLedgersRequest())).Ledgers);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.GetLedgerAsync(new GetLedgerRequest { Name = ledger.Name }));
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
    }

    [Fact]
    public async Task Connections_are_kept_alive_as_configured()
    {
        await using HandoffHost host = await HandoffHost.StartAsync(
            o => o with { KeepAliveInterval = TimeSpan.FromSeconds(7), KeepAliveTimeout = TimeSpan.FromSeconds(3) });
        Http2Limits limits = host.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.Http2;
        Assert.Equal((7, 3), (limits.KeepAlivePingDelay.TotalSeconds, limits.KeepAlivePingTimeout.TotalSeconds));
    }

    /// <summary>The deadline travels as a header only: so it is the server that says so, not the client's own clock.</summary>
    [Fact]
    public async Task A_call_beyond_its_deadline_is_told_so_and_writes_nothing()
    {
        await using HandoffHost host = await HandoffHost.StartAsync(sockets: true);
        RandomDocument random = Documents.WithHold(1);
        await host.Feed.Apply(HandoffHost.Changed(random, 1));
        var request = new RevealFieldRequest
        {
            Name = $"tuples/{new Masker(HandoffHost.Key).TupleId(random.Tuple)}/ledger", Field = Documents.HeldField(random), Reason = "looking at what is beneath",
        };
        var busy = new TaskCompletionSource();
        IStore store = host.Services.GetRequiredService<HandoffStore>().Store;
        Task writing = store.WriteAsync(_ => busy.Task, CancellationToken.None);

        using GrpcChannel hurried = host.ChannelWith(("grpc-timeout", "200m"));
        RpcException late = await Assert.ThrowsAsync<RpcException>(async () => await new AuditService.AuditServiceClient(hurried).RevealFieldAsync(request));
        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
        busy.SetResult();
        await writing;

        // It comes after the late one in the queue of writes, and is the first that the log has.
        RevealedField revealed = await new AuditService.AuditServiceClient(host.Channel).RevealFieldAsync(request);
        Assert.Equal(1, revealed.AuditSequence);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_watch_that_ends_gives_up_its_place(bool byDeadline)
    {
        await using HandoffHost host = await HandoffHost.StartAsync(o => o with { MaximumWatchers = 1 }, sockets: true);
        await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(1), 1));
        var request = new WatchCorrectionPackagesRequest { Parent = "tuples/-" };
        using var stop = new CancellationTokenSource();
        using GrpcChannel channel = byDeadline ? host.ChannelWith(("grpc-timeout", "500m")) : host.ChannelWith();
        using AsyncServerStreamingCall<WatchCorrectionPackagesResponse> watch =
            new HandoffService.HandoffServiceClient(channel).WatchCorrectionPackages(request, cancellationToken: stop.Token);
        RpcException ended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await watch.ResponseStream.MoveNext(CancellationToken.None))
            {
                await (byDeadline ? Task.CompletedTask : stop.CancelAsync());
            }
        });
        Assert.Equal(byDeadline ? StatusCode.DeadlineExceeded : StatusCode.Cancelled, ended.StatusCode);
        Assert.True(await WatchesAsync());

        async Task<bool> WatchesAsync()
        {
            // The server's side of the call ends a moment after the client's.
            for (var patience = DateTime.UtcNow.AddSeconds(30); DateTime.UtcNow < patience;)
            {
                try
                {
                    using AsyncServerStreamingCall<WatchCorrectionPackagesResponse> next = host.Client.WatchCorrectionPackages(request);
                    return await next.ResponseStream.MoveNext(CancellationToken.None);
                }
                catch (RpcException full) when (full.StatusCode == StatusCode.ResourceExhausted)
                {
                    await Task.Yield();
                }
            }

            return false;
        }
    }

    [Fact]
    public async Task Browsers_call_over_gRPC_Web_from_named_origins()
    {
        await using HandoffHost host = await HandoffHost.StartAsync(o => o with { Origins = ["https://desk.example.com"] });
        RandomDocument random = new(1);
        await host.Feed.Apply(HandoffHost.Changed(random, 1));
        await host.Feed.Apply(HandoffHost.Prepared(random, 1));
        using GrpcChannel web = host.ChannelOf(HandoffHost.TokenOf([Role.Viewer]), inner => new GrpcWebHandler(GrpcWebMode.GrpcWebText, inner));
        var client = new HandoffService.HandoffServiceClient(web);
        Assert.Single((await client.ListLedgersAsync(new ListLedgersRequest())).Ledgers);
        using AsyncServerStreamingCall<WatchCorrectionPackagesResponse> watch = client.WatchCorrectionPackages(new WatchCorrectionPackagesRequest { Parent = "tuples/-" });
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await client.GetLedgerAsync(new GetLedgerRequest { Name = $"tuples/{new string('0', 32)}/ledger" }))).StatusCode);

        Assert.Equal(["https://desk.example.com"], await AllowedAsync("https://desk.example.com"));
        Assert.Empty(await AllowedAsync("https://elsewhere.example.com"));

        async Task<IEnumerable<string>> AllowedAsync(string origin)
        {
            using var preflight = new HttpRequestMessage(HttpMethod.Options, "/releaseintegrity.handoff.v1.HandoffService/ListLedgers");
            preflight.Headers.Add("Origin", origin);
            preflight.Headers.Add("Access-Control-Request-Method", "POST");
            preflight.Headers.Add("Access-Control-Request-Headers", "authorization,x-grpc-web,content-type");
            using HttpResponseMessage response = await host.HttpOf(null).SendAsync(preflight);
            return response.Headers.TryGetValues("Access-Control-Allow-Origin", out IEnumerable<string>? allowed) ? allowed : [];
        }
    }

    /// <summary>Reads, writes, and a denial that can't be noted.</summary>
    [Fact]
    public async Task A_store_that_is_away_is_unavailable()
    {
        HandoffHost host = await HandoffHost.StartAsync();
        try
        {
            await host.Services.GetRequiredService<HandoffStore>().DisposeAsync();
            Directory.Delete(host.Folder, recursive: true);
            await AwayAsync(host.Channel, c => new HandoffService.HandoffServiceClient(c).ListLedgersAsync(new ListLedgersRequest()).ResponseAsync);
            await AwayAsync(host.Channel, c => new AuditService.AuditServiceClient(c).RevealFieldAsync(
                new RevealFieldRequest { Name = $"tuples/{new string('0', 32)}/ledger", Field = "manifest-digest", Reason = "looking at what is beneath" }).ResponseAsync);
            using GrpcChannel viewer = host.ChannelOf(HandoffHost.TokenOf([Role.Viewer]));
            await AwayAsync(viewer, c => new AuditService.AuditServiceClient(c).ListAuditEventsAsync(new ListAuditEventsRequest()).ResponseAsync);
        }
        finally
        {
            Directory.CreateDirectory(host.Folder);
            await host.DisposeAsync();
        }

        static async Task AwayAsync(GrpcChannel channel, Func<GrpcChannel, Task> call)
        {
            RpcException away = await Assert.ThrowsAsync<RpcException>(() => call(channel));
            Assert.Equal(StatusCode.Unavailable, away.StatusCode);
            Assert.NotNull(away.GetRpcStatus()!.GetDetail<Google.Rpc.RetryInfo>());
        }
    }
}
