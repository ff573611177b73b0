using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Tests.Handoff.Masking;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>Who may call what: every RPC of the protos by every role, in and out of scope.</summary>
public sealed class Each_rpc_has_its_rule : IAsyncLifetime
{
    private static readonly StatusCode[] LetIn =
    [
        StatusCode.OK, StatusCode.InvalidArgument, StatusCode.NotFound, StatusCode.FailedPrecondition, StatusCode.Aborted,
    ];

    private readonly RandomDocument _document = Documents.WithHold(1);
    private HandoffHost _host = null!;
    private string _tupleId = "";

    public async ValueTask InitializeAsync()
    {
        _host = await HandoffHost.StartAsync();
        await _host.Feed.Apply(HandoffHost.Changed(_document, 1));
        await _host.Feed.Apply(HandoffHost.Prepared(_document, 1));
        _tupleId = new Masker(HandoffHost.Key).TupleId(_document.Tuple);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void No_rpc_is_without_one() =>
        Assert.All(Rpcs.All, m => Assert.True(AccessRules.Of(Rpcs.NameOf(m)) is not null, $"{m.FullName} has no option access with roles and scope"));

    /// <summary>A proto that nobody listed would have no rule, no JSON form, no reflection, and no test.</summary>
    [Fact]
    public void Every_service_of_the_protos_is_known() => Assert.Equal(
        DescribedApi.Files.SelectMany(f => f.Services).Select(s => s.FullName).Order(),
        Rpcs.All.Select(m => m.Service.FullName).Distinct().Order());

    /// <summary>What a host doesn't map is unknown to its server, with or without a token; the others ask for one.</summary>
    [Fact]
    public async Task Every_rpc_is_mapped()
    {
        using GrpcChannel nobody = _host.ChannelOf(null);
        foreach (MethodDescriptor method in Rpcs.All)
        {
            Answer answer = await Rpcs.CallAsync(nobody, method, Rpcs.RequestOf(method, _tupleId));
            Assert.True(answer.Code == StatusCode.Unauthenticated, $"{method.FullName} is not mapped: {answer.Code}");
        }

        Answer unknown = await Rpcs.CallAsync(nobody, Rpcs.All[0], Rpcs.RequestOf(Rpcs.All[0], _tupleId), service: "releaseintegrity.handoff.v1.OtherService");
        Assert.Equal(StatusCode.Unimplemented, unknown.Code);
    }

    [Fact]
    public async Task No_credential_no_answer()
    {
        foreach (string? token in new[] { null, "", "x", "a.b.c", HandoffHost.TokenOf([Role.Admin])[..^3], SigningKey.Generate().Mint("maya", [Role.Admin], null, DateTimeOffset.UtcNow.AddHours(1)) })
        {
            using GrpcChannel channel = _host.ChannelOf(token);
            foreach (MethodDescriptor method in Rpcs.All)
            {
                Answer answer = await Rpcs.CallAsync(channel, method, Rpcs.RequestOf(method, _tupleId));
                Assert.Equal((method.Name, StatusCode.Unauthenticated), (method.Name, answer.Code));
                Assert.StartsWith("CREDENTIAL_", answer.Refusal!.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task An_expired_token_says_so()
    {
        using GrpcChannel channel = _host.ChannelOf(HandoffHost.SigningKey.Mint("maya", [Role.Viewer], null, DateTimeOffset.UtcNow.AddSeconds(-1)));
        RpcException refused = await Assert.ThrowsAsync<RpcException>(
            async () => await new HandoffService.HandoffServiceClient(channel).ListLedgersAsync(new ListLedgersRequest()));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        Assert.Contains("has expired", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("everything")]
    [InlineData("in scope")]
    [InlineData("out of scope")]
    [InlineData("nothing")]
    public async Task Every_rpc_by_every_role(string scope)
    {
        string[]? patterns = scope switch
        {
            "everything" => null,
            "in scope" => [_document.Tuple.Coordinates],
            "nothing" => [],
            _ => ["registry.invalid/**", _document.Tuple.Coordinates + "x"],
        };
        foreach (Role role in Enum.GetValues<Role>())
        {
            using GrpcChannel channel = _host.ChannelOf(HandoffHost.SigningKey.Mint("maya", role == Role.Unspecified ? [] : [role], patterns, DateTimeOffset.UtcNow.AddHours(1)));
            foreach (MethodDescriptor method in Rpcs.All)
            {
                Answer answer = await Rpcs.CallAsync(channel, method, Rpcs.RequestOf(method, _tupleId));
                StatusCode[] expected = Expected(method, role, scope);
                Assert.True(expected.Contains(answer.Code), $"{method.Name} by {role}, {scope}: {answer.Code}, not one of {string.Join(", ", expected)}");
            }
        }
    }

    [Fact]
    public async Task What_is_out_of_scope_is_refused_in_the_words_for_what_is_not_there()
    {
        using GrpcChannel channel = _host.ChannelOf(HandoffHost.TokenOf(CallerClaims.ByName.Values, "registry.invalid/**"));
        foreach (MethodDescriptor method in Rpcs.All)
        {
            Answer there = await Rpcs.CallAsync(channel, method, Rpcs.RequestOf(method, _tupleId));
            Answer missing = await Rpcs.CallAsync(channel, method, Rpcs.RequestOf(method, new string('0', 32)));
            Assert.Equal((method.Name, missing.Code, missing.Said), (method.Name, there.Code, there.Said));
        }
    }

    [Fact]
    public async Task Lists_and_streams_leave_out_what_is_out_of_scope_and_page_on()
    {
        RandomDocument other = Enumerable.Range(2, 50).Select(Documents.WithHold).First(d => d.Tuple.Coordinates != _document.Tuple.Coordinates);
        await _host.Feed.Apply(HandoffHost.Changed(other, 1));
        await _host.Feed.Apply(HandoffHost.Prepared(other, 1));
        string otherId = new Masker(HandoffHost.Key).TupleId(other.Tuple);
        using GrpcChannel channel = _host.ChannelOf(HandoffHost.TokenOf([Role.Viewer], other.Tuple.Coordinates));
        var client = new HandoffService.HandoffServiceClient(channel);

        var ledgers = new List<string>();
        string token = "";
        do
        {
            ListLedgersResponse page = await client.ListLedgersAsync(new ListLedgersRequest { PageSize = 1, PageToken = token });
            ledgers.AddRange(page.Ledgers.Select(l => l.Tuple.Id));
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        Assert.Equal([otherId], ledgers);
        Assert.Equal([otherId], (await client.ListCorrectionPackagesAsync(new ListCorrectionPackagesRequest { Parent = "tuples/-" })).Packages.Select(p => p.Tuple.Id));
        Assert.All((await client.ListHoldsAsync(new ListHoldsRequest { Parent = "tuples/-" })).Holds, h => Assert.Equal(otherId, h.Tuple.Id));
        using AsyncServerStreamingCall<WatchCorrectionPackagesResponse> watch =
            client.WatchCorrectionPackages(new WatchCorrectionPackagesRequest { Parent = "tuples/-" }, deadline: DateTime.UtcNow.AddSeconds(60));
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(otherId, watch.ResponseStream.Current.Package.Tuple.Id);
    }

    private StatusCode[] Expected(MethodDescriptor method, Role role, string scope)
    {
        ReleaseIntegrity.Handoff.V1.Access rule = AccessRules.Of(Rpcs.NameOf(method))!;
        bool namesTuple = Rpcs.RequestOf(method, _tupleId).ToString()!.Contains(_tupleId, StringComparison.Ordinal);
        return !rule.Roles.Contains(role) ? [StatusCode.PermissionDenied]
            : scope != "everything" && rule.Scope == Scope.Service ? [StatusCode.PermissionDenied]
            : scope is "out of scope" or "nothing" && namesTuple ? [StatusCode.NotFound]
            : LetIn;
    }
}
