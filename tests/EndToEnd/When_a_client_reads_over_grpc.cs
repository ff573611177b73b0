using System.Net;
using System.Net.Http.Headers;
using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Tests.EndToEnd.Running;
using ReleaseIntegrity.Tests.Running;

namespace ReleaseIntegrity.Tests.EndToEnd;

/// <summary>The steward's tools see the process through its ports alone: gRPC, and the same as JSON.</summary>
public sealed class When_a_client_reads_over_grpc : IAsyncLifetime
{
    /// <summary>What the notifications say and no answer may: path, cluster, digests, fingerprint, note.</summary>
    private static readonly string[] Secrets =
    [
        "payments/checkout", "prod-eu-1", "8f4559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a07ac",
        "8f4df7e70e5021544f4834bbee64a9e3789febc4be81470df629cad6ddb0371e", "e0728fd1e1cd0591715dff3708e49a16",
        "E0:72:8F:D1", "Freeze lifted", "ci.example.com/payments",
    ];

    private readonly Scratch _scratch = new();
    private Served _served = null!;
    private GrpcChannel _channel = null!;
    private HandoffService.HandoffServiceClient _handoff = null!;

    public async ValueTask InitializeAsync()
    {
        try
        {
            await StartAsync();
        }
        catch
        {
            // Nobody else disposes of what did not start.
            await DisposeAsync();
            throw;
        }
    }

    private async Task StartAsync()
    {
        _served = await Served.StartAsync(_scratch["data"]);
        _channel = _served.Channel();
        _handoff = new HandoffService.HandoffServiceClient(_channel);
        await PlayAsync("1-registry-promotes-A.distribution.json", "/notifications/distribution");
        await PlayAsync("2-ledger-signs-B.sigstore-bundle.json", "/notifications/sigstore-bundle");
        await PlayAsync("3-change-approves-B.servicenow.json", "/notifications/servicenow");
        await PlayAsync("4-runtime-runs-B.cloudevents.json", "/runtime-validation/notifications/cloudevents");
    }

    public ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        _served?.Dispose();
        _scratch.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task It_finds_the_service_by_reflection_and_serving()
    {
        using AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> reflection =
            new ServerReflection.ServerReflectionClient(_channel).ServerReflectionInfo();
        await reflection.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        Assert.True(await reflection.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Contains(
            "releaseintegrity.handoff.v1.HandoffService",
            reflection.ResponseStream.Current.ListServicesResponse.Service.Select(s => s.Name));

        HealthCheckResponse health = await new Health.HealthClient(_channel).CheckAsync(new HealthCheckRequest());
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
    }

    [Fact]
    public async Task It_reads_the_package_the_ledger_and_the_holds_of_the_scenario()
    {
        CorrectionPackage package = await PackageAsync();

        CorrectionPackage one = await _handoff.GetCorrectionPackageAsync(new GetCorrectionPackageRequest { Name = package.Name });
        Ledger ledger = await _handoff.GetLedgerAsync(new GetLedgerRequest { Name = $"tuples/{package.Tuple.Id}/ledger" });
        ListHoldsResponse holds = await _handoff.ListHoldsAsync(new ListHoldsRequest { Parent = "tuples/-" });

        Assert.Equal(package.PackageId, one.PackageId);
        Assert.Empty(one.ProposedWrites);
        Assert.True(ledger.OnHold);
        Assert.Equal("rel-2026.03.22.4", ledger.Tuple.Tag);
        LedgerField digest = ledger.Fields.Single(f => f.Field == "manifest-digest");
        Assert.Equal("held", digest.State);
        Assert.Null(digest.Authoritative);
        Assert.Equal(4, digest.Candidates.Count);
        Assert.All(digest.Candidates, c => Assert.Matches("^[0-9a-f]{64}$", c.Lineage.NotificationSha256));
        Assert.Equal(
            ledger.Fields.Where(f => f.State == "held").Select(f => f.Field).Order(),
            holds.Holds.Select(h => h.Field).Order());
        Assert.Equal(one.ExceptionCount, holds.Holds.Count);
    }

    [Fact]
    public async Task A_watch_gives_the_package_and_goes_on_from_its_token()
    {
        await PackageAsync();
        (CorrectionPackage package, string token) = await WatchedAsync("", p => p.Revision >= 1);
        await PlayAsync("5-registry-promotes-B.distribution.json", "/notifications/distribution");

        (CorrectionPackage next, _) = await WatchedAsync(token, p => p.State == PackageState.Prepared && p.ProposedWrites.Count > 0);

        Assert.True(next.Revision > package.Revision);
        ProposedWrite write = Assert.Single(next.ProposedWrites);
        Assert.Equal("certificate-fingerprint", write.Field);
        Assert.Equal(["test", "replace"], write.Patch.Select(o => o.Op));
        Assert.Equal(write.Patch.Select(o => o.Value), write.Inverse.Select(o => o.Value).Reverse());
    }

    [Fact]
    public async Task Nothing_that_it_reads_is_unmasked()
    {
        CorrectionPackage package = await PackageAsync();
        using HttpClient http = _served.Client(_served.Token);
        string tuple = $"/v1/tuples/{package.Tuple.Id}";

        foreach (string path in new[] { "/v1/ledgers", "/v1/tuples/-/packages", "/v1/tuples/-/holds", $"{tuple}/ledger", $"{tuple}/packages/{package.PackageId}" })
        {
            string json = await http.GetStringAsync(path);
            Assert.All(Secrets, secret => Assert.DoesNotContain(secret, json, StringComparison.OrdinalIgnoreCase));
            Assert.Contains(package.Tuple.Id, json, StringComparison.Ordinal);
        }

        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, _served.Log, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task What_it_asks_wrongly_is_refused_with_the_field_that_is_wrong()
    {
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await _handoff.GetLedgerAsync(new GetLedgerRequest { Name = "ledgers/7" }));
        RpcException unknown = await Assert.ThrowsAsync<RpcException>(async () =>
            await _handoff.GetLedgerAsync(new GetLedgerRequest { Name = $"tuples/{new string('0', 24)}/ledger" }));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        BadRequest details = refused.GetRpcStatus()!.GetDetail<BadRequest>()!;
        Assert.Equal("name", Assert.Single(details.FieldViolations).Field);
        Assert.Contains(unknown.StatusCode, new[] { StatusCode.NotFound, StatusCode.InvalidArgument });
    }

    private async Task PlayAsync(string file, string path)
    {
        using var content = new ByteArrayContent(
            await File.ReadAllBytesAsync(Path.Combine(Program.Root, "services/AllInOne/Demo/Scenario", file)));
        content.Headers.ContentType = new MediaTypeHeaderValue(path.EndsWith("cloudevents", StringComparison.Ordinal)
            ? "application/cloudevents+json"
            : "application/json");
        using HttpClient http = _served.Client(_served.Token);
        using HttpResponseMessage response = await http.PostAsync(path, content);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    /// <summary>The package that rests on all four records.</summary>
    private async Task<CorrectionPackage> PackageAsync()
    {
        ListCorrectionPackagesResponse packages = await Eventually.IsAsync(
            "the package of the scenario",
            async () => await _handoff.ListCorrectionPackagesAsync(new ListCorrectionPackagesRequest { Parent = "tuples/-", State = PackageState.Prepared }),
            p => p.Packages is [{ ExceptionCount: 14 }],
            () => _served.Log);
        return packages.Packages[0];
    }

    private async Task<(CorrectionPackage Package, string Token)> WatchedAsync(string token, Func<CorrectionPackage, bool> wanted)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using AsyncServerStreamingCall<WatchCorrectionPackagesResponse> watch = _handoff.WatchCorrectionPackages(
            new WatchCorrectionPackagesRequest { Parent = "tuples/-", ResumeToken = token }, cancellationToken: patience.Token);
        while (await watch.ResponseStream.MoveNext(patience.Token))
        {
            if (watch.ResponseStream.Current is { Package: { } package } said && wanted(package))
            {
                return (package, said.ResumeToken);
            }
        }

        Assert.Fail("the watch ended");
        return default;
    }
}
