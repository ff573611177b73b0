using System.Net;
using System.Text.Json.Nodes;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Contracts.Documents;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Contracts.Topology;
using ReleaseIntegrity.Handoff;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Tests.Handoff.Masking;

namespace ReleaseIntegrity.Tests.Handoff.Service;

public class The_service_speaks
{
    [Fact]
    public async Task A_package_says_the_same_typed_and_as_a_document()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        RandomDocument random = Documents.WithHold(1);
        await host.Feed.Apply(HandoffHost.Prepared(random, 1));
        string parent = "tuples/" + new Masker(HandoffHost.Key).TupleId(random.Tuple);
        CorrectionPackage package = await host.Client.GetCorrectionPackageAsync(new GetCorrectionPackageRequest { Name = parent + "/packages/latest" });
        PackageView view = DocumentReader.Package(package.MaskedJson);
        Assert.Equal(view.Id, package.PackageId);
        Assert.Equal($"{parent}/packages/{view.Id}", package.Name);
        Assert.Equal(view.Ledger.Fields.Select(f => f.Field), package.Ledger.Fields.Select(f => f.Field));
        Assert.Equal(
            view.Ledger.Fields.SelectMany(f => f.Candidates.Select(c => c.Value?.ToString() ?? "")),
            package.Ledger.Fields.SelectMany(f => f.Candidates.Select(c => string.Join(", ", c.Value?.Values ?? []))));
        Assert.Equal(view.ProposedWrites.Single().Patch.Select(o => o.Value), package.ProposedWrites.Single().Patch.Select(o => o.Value));
        Assert.Equal(view.Alternatives.Single().Needs, package.Alternatives.Single().Needs);
        Assert.Equal(view.Evidence.Single().NotificationSha256, package.Evidence.Single().NotificationSha256);
        Assert.Equal(view.Exceptions.Single().Hold.Id, package.Exceptions.Single().Id);
        Assert.Equal(2, package.Annotations.Count);
        Assert.Equal("k1", package.TokenKeyVersion);
        Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(package.MaskedJson))),
            package.MaskedSha256);
        CorrectionPackage listed = (await host.Client.ListCorrectionPackagesAsync(new ListCorrectionPackagesRequest { Parent = parent })).Packages.Single();
        Assert.Null(listed.Ledger);
        Assert.Equal("", listed.MaskedJson);
        Assert.Equal(package.HoldReasons, listed.HoldReasons);
    }

    [Fact]
    public async Task Json_with_the_same_names_and_errors()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        RandomDocument random = Documents.WithHold(1);
        await host.Feed.Apply(HandoffHost.Changed(random, 1));
        await host.Feed.Apply(HandoffHost.Prepared(random, 1));
        JsonNode ledgers = JsonNode.Parse(await host.Http.GetStringAsync("/v1/ledgers"))!;
        string name = (string)ledgers["ledgers"]![0]!["name"]!;
        Assert.Equal(name, (string)JsonNode.Parse(await host.Http.GetStringAsync("/v1/" + name))!["name"]!);
        string tuple = name[..^"/ledger".Length];
        Assert.Equal("PACKAGE_STATE_PREPARED", (string)JsonNode.Parse(await host.Http.GetStringAsync($"/v1/{tuple}/packages/latest"))!["state"]!);
        Assert.NotEmpty(JsonNode.Parse(await host.Http.GetStringAsync("/v1/tuples/-/holds?page_size=1"))!["holds"]!.AsArray());
        HttpResponseMessage wrong = await host.Http.GetAsync("/v1/tuples/-/packages?page_size=-1");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("page_size", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Http.GetAsync($"/v1/tuples/{new string('0', 32)}/ledger")).StatusCode);
        using Stream stream = await host.Http.GetStreamAsync("/v1/tuples/-/packages:watch");
        using var lines = new StreamReader(stream);
        Assert.Contains("resumeToken", await lines.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reflection_and_health()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        HealthCheckResponse health = await new Health.HealthClient(host.Channel).CheckAsync(new HealthCheckRequest());
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
        using AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call =
            new ServerReflection.ServerReflectionClient(host.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Contains("releaseintegrity.handoff.v1.HandoffService", call.ResponseStream.Current.ListServicesResponse.Service.Select(s => s.Name));
    }

    [Fact]
    public async Task The_bus_feeds_it()
    {
        await using HandoffHost host = await HandoffHost.StartAsync(bus: true);
        var random = new RandomDocument(1);
        var parcel = new Parcel("reconciler", [Item(HandoffHost.Prepared(random, 2)), Item(HandoffHost.Prepared(random, 1))]);
        await host.Services.GetRequiredService<IMessageTransport>().SendAsync(
            Queues.HandoffFeed, parcel, new MessageLabel(Guid.NewGuid()), CancellationToken.None);
        using AsyncServerStreamingCall<WatchCorrectionPackagesResponse> watch =
            host.Client.WatchCorrectionPackages(new WatchCorrectionPackagesRequest { Parent = "tuples/-" }, deadline: DateTime.UtcNow.AddSeconds(30));
        var revisions = new HashSet<long>();
        while (revisions.Count < 2 && await watch.ResponseStream.MoveNext(CancellationToken.None))
        {
            revisions.Add(watch.ResponseStream.Current.Package.Revision);
        }

        Assert.Equal([1, 2], revisions.Order());
    }

    private static ParcelItem Item<T>(T message) => new(Guid.NewGuid(), MessageTypes.NameOf<T>(), MessageTypes.Serialise(message));
}
