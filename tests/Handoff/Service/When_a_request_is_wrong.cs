using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Tests.Handoff.Masking;

namespace ReleaseIntegrity.Tests.Handoff.Service;

public class When_a_request_is_wrong
{
    private const string Tuple = "tuples/00112233445566778899aabbccddeeff";

    public static TheoryData<string, string> Packages => new()
    {
        { """{"parent":"","page_size":-1,"page_token":"?","repository_token":"x","state":9,"hold_reason":"A B"}""", "page_size parent repository_token state hold_reason page_token" },
        { """{"parent":"tuples/-","order_by":"age","prepared_from":"0001-01-01T00:00:00Z"}""", "order_by" },
        { """{"parent":"tuples/prod-eu-1"}""", "parent" },
        { """{"parent":"tuples/-\n"}""", "parent" },
        { """{"parent":"tuples/-","page_token":"cDEKMQoy"}""", "page_token" },
        { """{"parent":"tuples/-","page_size":-2147483648}""", "page_size" },
    };

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task Each_wrong_field_is_named(string json, string fields)
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        var request = Google.Protobuf.JsonParser.Default.Parse<ListCorrectionPackagesRequest>(json);
        await AssertViolations(() => host.Client.ListCorrectionPackagesAsync(request).ResponseAsync, fields);
    }

    [Fact]
    public async Task Names_tokens_and_intervals_are_checked()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        foreach (string name in new[] { "", "x", Tuple, Tuple + "/ledgers", Tuple.ToUpperInvariant() + "/ledger", Tuple + "/ledger\n", new string('x', 50_000) })
        {
            await AssertViolations(() => host.Client.GetLedgerAsync(new GetLedgerRequest { Name = name }).ResponseAsync, "name");
        }

        string id = new('a', 64);
        foreach (string name in new[] { "", "latest", $"{Tuple}/packages/", $"{Tuple}/packages/{id}@0", $"{Tuple}/packages/{id}@99999999999999999999", $"{Tuple}/packages/latest@1", $"{Tuple}/packages/-" })
        {
            await AssertViolations(() => host.Client.GetCorrectionPackageAsync(new GetCorrectionPackageRequest { Name = name }).ResponseAsync, "name");
        }

        await AssertViolations(() => host.Client.ListHoldsAsync(new ListHoldsRequest { Parent = "tuples/-", Field = "digest" }).ResponseAsync, "field");
        await AssertViolations(() => host.Client.ListLedgersAsync(new ListLedgersRequest { ReleaseTrain = new string('x', 257) }).ResponseAsync, "release_train");
        foreach (long seconds in new[] { 0, -1, 301, long.MaxValue, long.MinValue })
        {
            await AssertViolations(
                () => First(host, new WatchCorrectionPackagesRequest { Parent = "tuples/-", HeartbeatInterval = new Duration { Seconds = seconds } }),
                "heartbeat_interval");
        }
    }

    [Fact]
    public async Task A_page_token_is_good_for_its_own_list_only()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        foreach (int seed in Enumerable.Range(0, 3))
        {
            await host.Feed.Apply(HandoffHost.Prepared(new RandomDocument(seed), 1));
            await host.Feed.Apply(HandoffHost.Changed(new RandomDocument(seed), 1));
        }

        string token = (await host.Client.ListCorrectionPackagesAsync(new ListCorrectionPackagesRequest { Parent = "tuples/-", PageSize = 1 })).NextPageToken;
        await AssertViolations(
            () => host.Client.ListCorrectionPackagesAsync(new ListCorrectionPackagesRequest { Parent = "tuples/-", PageToken = token, State = PackageState.Prepared }).ResponseAsync,
            "page_token");
        await AssertViolations(() => host.Client.ListLedgersAsync(new ListLedgersRequest { PageToken = token }).ResponseAsync, "page_token");
        await AssertViolations(() => host.Client.ListHoldsAsync(new ListHoldsRequest { Parent = "tuples/-", PageToken = token }).ResponseAsync, "page_token");
        await AssertViolations(() => First(host, new WatchCorrectionPackagesRequest { Parent = "tuples/-", ResumeToken = token }), "resume_token");
    }

    [Fact]
    public async Task A_resume_token_of_another_store_or_of_the_future_is_refused()
    {
        await using HandoffHost one = await HandoffHost.StartAsync();
        await using HandoffHost two = await HandoffHost.StartAsync();
        foreach (int seed in Enumerable.Range(0, 3))
        {
            await one.Feed.Apply(HandoffHost.Prepared(new RandomDocument(seed), 1));
            await two.Feed.Apply(HandoffHost.Prepared(new RandomDocument(seed), 1));
        }

        string token = (await First(one, new WatchCorrectionPackagesRequest { Parent = "tuples/-" })).ResumeToken;
        await AssertViolations(() => First(two, new WatchCorrectionPackagesRequest { Parent = "tuples/-", ResumeToken = token }), "resume_token");
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        await NotFound(() => host.Client.GetLedgerAsync(new GetLedgerRequest { Name = Tuple + "/ledger" }).ResponseAsync);
        await NotFound(() => host.Client.GetCorrectionPackageAsync(new GetCorrectionPackageRequest { Name = Tuple + "/packages/latest" }).ResponseAsync);
        await NotFound(() => host.Client.ListCorrectionPackagesAsync(new ListCorrectionPackagesRequest { Parent = Tuple }).ResponseAsync);
        await NotFound(() => host.Client.ListHoldsAsync(new ListHoldsRequest { Parent = Tuple }).ResponseAsync);
        await NotFound(() => First(host, new WatchCorrectionPackagesRequest { Parent = Tuple }));

        static async Task NotFound(Func<Task> call)
        {
            RpcException e = await Assert.ThrowsAsync<RpcException>(call);
            Assert.Equal(StatusCode.NotFound, e.StatusCode);
            Assert.NotNull(e.GetRpcStatus()!.GetDetail<ResourceInfo>());
        }
    }

    [Fact]
    public async Task Sizes_beyond_the_limit_mean_the_limit()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        await host.Feed.Apply(HandoffHost.Changed(new RandomDocument(1), 1));
        Assert.Single((await host.Client.ListLedgersAsync(new ListLedgersRequest { PageSize = int.MaxValue })).Ledgers);
    }

    /// <summary>Whatever the texts, the answer is clear: never INTERNAL or UNKNOWN.</summary>
    [Fact]
    public async Task No_text_is_an_internal_error()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        await host.Feed.Apply(HandoffHost.Changed(new RandomDocument(1), 1));
        string real = "tuples/" + new Masker(HandoffHost.Key).TupleId(new RandomDocument(1).Tuple);
        string[] texts = ["", "-", "\0", "'; drop table package; --", "%", "tuples/-", real, real + "/packages/latest", "ünï", "\ud83d\ude00", "AAAA", "cDEK", new string('9', 300)];
        foreach (string a in texts)
        {
            foreach (string b in texts)
            {
                await Clear(() => host.Client.ListCorrectionPackagesAsync(new ListCorrectionPackagesRequest { Parent = a, PageToken = b, HoldReason = a, ReleaseTrain = b }).ResponseAsync);
                await Clear(() => host.Client.ListHoldsAsync(new ListHoldsRequest { Parent = a, Reason = b, PageToken = a }).ResponseAsync);
                await Clear(() => host.Client.ListLedgersAsync(new ListLedgersRequest { ReleaseTrain = a, PageToken = b }).ResponseAsync);
            }

            await Clear(() => host.Client.GetLedgerAsync(new GetLedgerRequest { Name = a }).ResponseAsync);
            await Clear(() => host.Client.GetCorrectionPackageAsync(new GetCorrectionPackageRequest { Name = a }).ResponseAsync);
        }

        static async Task Clear(Func<Task> call)
        {
            try
            {
                await call();
            }
            catch (RpcException e)
            {
                Assert.Contains(e.StatusCode, new[] { StatusCode.InvalidArgument, StatusCode.NotFound });
            }
        }
    }

    private static async Task<WatchCorrectionPackagesResponse> First(HandoffHost host, WatchCorrectionPackagesRequest request)
    {
        using AsyncServerStreamingCall<WatchCorrectionPackagesResponse> call = host.Client.WatchCorrectionPackages(request);
        await call.ResponseStream.MoveNext(CancellationToken.None);
        return call.ResponseStream.Current;
    }

    private static async Task AssertViolations(Func<Task> call, string fields)
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        BadRequest details = e.GetRpcStatus()!.GetDetail<BadRequest>()!;
        Assert.Equal(fields.Split(' ').Order(), details.FieldViolations.Select(v => v.Field).Order());
        Assert.All(details.FieldViolations, v => Assert.NotEqual("", v.Description));
    }
}
