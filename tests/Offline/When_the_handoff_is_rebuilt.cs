using System.Globalization;
using System.Net;
using System.Text;
using Dapper;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Data.Sqlite;
using ReleaseIntegrity.AllInOne.Hosting;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Offline;

/// <summary>The whole way: a handoff whose ledgers and packages are lost asks the reconciler, over the bus, and is as before.</summary>
public sealed class When_the_handoff_is_rebuilt : IDisposable
{
    private readonly Scratch _scratch = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task An_emptied_store_ends_as_it_was_with_what_was_decided()
    {
        string[] before;
        string[] shown;
        await using (ServiceHost host = await StartAsync())
        {
            await SendAsync(host);
            using GrpcChannel channel = GrpcChannel.ForAddress(host.Grpc);
            CorrectionPackage package = await PackageAsync(host, channel);
            await new DecisionService.DecisionServiceClient(With(host, channel)).AnnotateFieldAsync(
                new AnnotateFieldRequest { Name = package.Name, Etag = package.Etag, RequestId = Guid.NewGuid().ToString(), Field = "manifest-digest", Note = "asked the release lead" },
                cancellationToken: Cancelled);
            await new DecisionService.DecisionServiceClient(With(host, channel)).AcknowledgePackageAsync(
                new AcknowledgePackageRequest { Name = package.Name, Etag = package.Etag, RequestId = Guid.NewGuid().ToString() }, cancellationToken: Cancelled);
            shown = await ShownAsync(host, channel);
        }

        before = await RowsAsync();
        Assert.Contains(before, r => r.Contains("acknowledged", StringComparison.Ordinal));
        await ExecuteAsync("delete from package_place; delete from package_end; delete from package; delete from hold_reason; delete from hold_event; delete from hold; delete from ledger");
        Assert.NotEqual(before, await RowsAsync());

        await using (ServiceHost again = await StartAsync())
        {
            using GrpcChannel channel = GrpcChannel.ForAddress(again.Grpc);
            var client = new HandoffService.HandoffServiceClient(With(again, channel));
            await client.RebuildAsync(new RebuildRequest { RequestId = Guid.NewGuid().ToString() }, cancellationToken: Cancelled);
            string[] now = await RowsAsync();
            for (int i = 0; !Enumerable.SequenceEqual(before, now); i++)
            {
                Assert.True(i < 600, "the store is not what it was:\n" + string.Join('\n', before.Except(now)));
                await Task.Delay(50, Cancelled);
                now = await RowsAsync();
            }

            Assert.Equal(shown, await ShownAsync(again, channel));
            using var http = new HttpClient { BaseAddress = again.Http[0] };
            Assert.Contains("\"tuples\":1,", await http.GetStringAsync(new Uri("rebuilds", UriKind.Relative), Cancelled), StringComparison.Ordinal);
        }
    }

    private Task<ServiceHost> StartAsync() => ServiceHost.StartAsync(
        new ServeRequest { DataFolder = _scratch["data"], Urls = ["http://127.0.0.1:0"], GrpcPort = 0, Quiet = true }, Cancelled);

    private static async Task SendAsync(ServiceHost host)
    {
        using var http = new HttpClient { BaseAddress = host.Http[0] };
        foreach ((string path, string body) in new[]
        {
            ("notifications/distribution", Story.Promotion(Story.A, "2026-03-22T08:00:00Z")), ("notifications/sigstore-bundle", Story.Bundle()),
            ("notifications/servicenow", Story.Change()), ("runtime-validation/notifications/cloudevents", Story.Container()),
        })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await http.PostAsync(new Uri(path, UriKind.Relative), content, Cancelled);
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        }
    }

    private static CallInvoker With(ServiceHost host, GrpcChannel channel)
    {
        string token = File.ReadAllText(host.TokenFile!).Trim();
        return channel.Intercept(headers =>
        {
            headers.Add("authorization", "Bearer " + token);
            return headers;
        });
    }

    /// <summary>The package that rests on all four records.</summary>
    private static async Task<CorrectionPackage> PackageAsync(ServiceHost host, GrpcChannel channel)
    {
        using AsyncServerStreamingCall<WatchCorrectionPackagesResponse> watch = new HandoffService.HandoffServiceClient(With(host, channel))
            .WatchCorrectionPackages(new WatchCorrectionPackagesRequest { Parent = "tuples/-" }, deadline: DateTime.UtcNow.AddSeconds(60), cancellationToken: Cancelled);
        await foreach (WatchCorrectionPackagesResponse response in watch.ResponseStream.ReadAllAsync(Cancelled))
        {
            if (response.Package is { State: PackageState.Prepared, ExceptionCount: 14 })
            {
                return response.Package;
            }
        }

        throw new InvalidOperationException("the stream ended");
    }

    private static async Task<string[]> ShownAsync(ServiceHost host, GrpcChannel channel)
    {
        var client = new HandoffService.HandoffServiceClient(With(host, channel));
        ListCorrectionPackagesResponse packages = await client.ListCorrectionPackagesAsync(new ListCorrectionPackagesRequest { Parent = "tuples/-" }, cancellationToken: Cancelled);
        ListHoldsResponse holds = await client.ListHoldsAsync(new ListHoldsRequest { Parent = "tuples/-" }, cancellationToken: Cancelled);
        ListDecisionsResponse decisions = await new DecisionService.DecisionServiceClient(With(host, channel))
            .ListDecisionsAsync(new ListDecisionsRequest { Parent = "tuples/-" }, cancellationToken: Cancelled);
        var shown = new List<string> { holds.ToString(), decisions.ToString() };
        foreach (CorrectionPackage listed in packages.Packages)
        {
            CorrectionPackage package = await client.GetCorrectionPackageAsync(new GetCorrectionPackageRequest { Name = $"{listed.Name.Split('@')[0]}@{listed.Revision}" }, cancellationToken: Cancelled);
            package.HandoffTime = null;
            shown.Add(package.ToString());
            shown.Add((await client.GetLedgerAsync(new GetLedgerRequest { Name = package.Name.Split("/packages")[0] + "/ledger" }, cancellationToken: Cancelled)).ToString());
        }

        return [.. shown];
    }

    /// <summary>What the handoff keeps, without what records the hand-off itself: numbers, sequences and its time.</summary>
    private async Task<string[]> RowsAsync()
    {
        string[] queries =
        [
            "select * from ledger", "select * from hold order by field", "select * from hold_reason order by field, reason",
            "select hold_id, at, ledger_sha256 from hold_event where kind = 'opened' and hold_id in (select hold_id from hold) order by hold_id",
            "select package_id, revision, supersedes, state, content, prepared_at, release_train from package order by revision",
            "select * from package_end", "select * from decision order by decision_no", "select sequence, kind, hash from audit_event where kind <> 'rebuild' order by sequence",
            "select revision, sha256 from ledger_history order by revision",
        ];
        await using SqliteConnection connection = await OpenAsync();
        var rows = new List<string>();
        foreach (string query in queries)
        {
            rows.AddRange((await connection.QueryAsync(query)).Select(r =>
                string.Join('|', ((IDictionary<string, object?>)r).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key}={c.Value}")))));
        }

        return [.. rows];
    }

    private async Task ExecuteAsync(string statement)
    {
        await using SqliteConnection connection = await OpenAsync();
        await connection.ExecuteAsync(statement);
    }

    private async Task<SqliteConnection> OpenAsync()
    {
        var connection = new SqliteConnection($"Data Source={_scratch["data", "handoff.db"]};Pooling=False");
        await connection.OpenAsync(Cancelled);
        return connection;
    }
}
