using System.Globalization;
using System.Net;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.Core;
using ReleaseIntegrity.Export;
using ReleaseIntegrity.Handoff.OpenApi;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Tests.Handoff.Masking;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>
/// Whatever is sent, the answer is clear, and repeats nothing of it that is masked. A slice of requests in every run;
/// <c>FUZZ_REQUESTS</c> says how many of each RPC, <c>FUZZ_SEED</c> where they begin.
/// </summary>
public sealed class When_requests_are_fuzzed : IAsyncLifetime
{
    private static readonly int Requests = Setting("FUZZ_REQUESTS", 30);
    private static readonly int Seed = Setting("FUZZ_SEED", 1);

    private static readonly StatusCode[] Clear =
    [
        StatusCode.OK, StatusCode.InvalidArgument, StatusCode.NotFound, StatusCode.FailedPrecondition, StatusCode.Aborted, StatusCode.AlreadyExists,
        StatusCode.PermissionDenied, StatusCode.ResourceExhausted,
    ];

    private readonly RandomDocument _document = Documents.WithHold(1);
    private HandoffHost _host = null!;
    private FuzzWorld _world = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await HandoffHost.StartAsync(o => o with { RevealsPerHour = 1_000_000, ExportKey = ExportKey.Generate() });
        await using HandoffHost other = await HandoffHost.StartAsync();
        var tokens = new List<string>();
        foreach (HandoffHost host in new[] { _host, other })
        {
            foreach (RandomDocument random in new[] { _document, Documents.WithHold(200), Documents.WithHold(400) })
            {
                await host.Feed.Apply(HandoffHost.Changed(random, 1));
                await host.Feed.Apply(HandoffHost.Prepared(random, 1));
            }

            tokens.Add((await host.Client.ListLedgersAsync(new ListLedgersRequest { PageSize = 1 })).NextPageToken);
            tokens.Add((await host.Client.ListHoldsAsync(new ListHoldsRequest { Parent = "tuples/-", PageSize = 1 })).NextPageToken);
            tokens.Add((await host.Client.ListCorrectionPackagesAsync(new ListCorrectionPackagesRequest { Parent = "tuples/-", PageSize = 1 })).NextPageToken);
            using AsyncServerStreamingCall<WatchCorrectionPackagesResponse> watch = host.Client.WatchCorrectionPackages(new WatchCorrectionPackagesRequest { Parent = "tuples/-" });
            await watch.ResponseStream.MoveNext(CancellationToken.None);
            tokens.Add(watch.ResponseStream.Current.ResumeToken);
        }

        string tuple = new Masker(HandoffHost.Key).TupleId(_document.Tuple);
        CorrectionPackage package = await _host.Client.GetCorrectionPackageAsync(new GetCorrectionPackageRequest { Name = $"tuples/{tuple}/packages/latest" });
        _world = new FuzzWorld(tuple, package.PackageId, tokens, [.. _document.Secrets]);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Every_answer_is_clear_and_repeats_nothing()
    {
        var codes = new HashSet<StatusCode>();
        for (int i = 0; i < Requests; i++)
        {
            var fuzzer = new RequestFuzzer(unchecked((Seed * 1_000_003) + i), _world);
            foreach (MethodDescriptor method in Rpcs.All)
            {
                IMessage request = fuzzer.Next(method);
                Answer answer = await Rpcs.CallAsync(_host.Channel, method, request);
                codes.Add(answer.Code);
                Assert.True(Clear.Contains(answer.Code), $"{method.Name}, seed {Seed}, request {i}: {answer.Code}\n{request}\n{answer.Said}");
                Assert.True(answer.Refusal is null || answer.Code is StatusCode.ResourceExhausted || answer.Refusal.GetRpcStatus()?.GetDetail<ErrorInfo>() is not null, $"{method.Name}: {answer.Code} without ErrorInfo\n{request}\n{answer.Said}");
                string said = answer.Refusal is null ? method.Name == "RevealField" ? "" : answer.Message!.ToString()! : Everything(answer.Refusal);
                Assert.True(_world.Secrets.All(s => !Leaks.Shows(said, s)), $"{method.Name}, seed {Seed}, request {i} shows a secret\n{request}\n{said}");
            }
        }

        // The fuzzer gets beyond the check of requests.
        Assert.Subset(codes, new HashSet<StatusCode> { StatusCode.OK, StatusCode.InvalidArgument, StatusCode.NotFound, StatusCode.Aborted, StatusCode.FailedPrecondition });
        Assert.DoesNotContain(_host.Log, l => _world.Secrets.Any(s => Leaks.Shows(l, s)));
    }

    /// <summary>The JSON form reads what gRPC never sees: texts where numbers belong, broken documents.</summary>
    [Fact]
    public async Task Every_answer_to_json_is_clear()
    {
        string[] bodies = ["", "{", "[]", "null", "1", "\"x\"", """{"field":1}""", """{"no_such":1}""", """{"etag":null}""", """{"expireTime":"yesterday"}""", """{"candidate":"1e99"}""", """{"writeIds":{}}""", "{\"note\":\"\ud83d\"}", new('[', 300)];
        string[] values = ["x", "1e99", "-1", "%00", "%ff%fe", "2026-13-45", "", "99999999999999999999"];
        foreach (MethodDescriptor method in Rpcs.All)
        {
            HttpRoute route = HttpRoute.Of(method)!;
            string url = route.Path
                .Replace("{tuple}", _world.TupleId, StringComparison.Ordinal).Replace("{package}", _world.PackageId, StringComparison.Ordinal)
                .Replace("{hold}", "manifest-digest", StringComparison.Ordinal).Replace("{release}", "r", StringComparison.Ordinal);
            if (route.HasBody)
            {
                foreach (string body in bodies)
                {
                    await ClearAsync(new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8, "application/json") }, $"{method.Name} {body}");
                }
            }
            else if (!method.IsServerStreaming)
            {
                foreach (FieldDescriptor field in method.InputType.Fields.InFieldNumberOrder())
                {
                    foreach (string value in values)
                    {
                        await ClearAsync(new HttpRequestMessage(HttpMethod.Get, $"{url}?{field.JsonName}={value}"), $"{method.Name} {field.JsonName}={value}");
                    }
                }
            }
        }

        async Task ClearAsync(HttpRequestMessage request, string what)
        {
            using (request)
            {
                using HttpResponseMessage response = await _host.Http.SendAsync(request);
                string said = await response.Content.ReadAsStringAsync();
                Assert.True(response.StatusCode is < HttpStatusCode.InternalServerError, $"{what}: {response.StatusCode} {said}");
            }
        }
    }

    private static string Everything(RpcException refused) => string.Join(
        '\n', refused.Trailers.Select(t => t.IsBinary ? Encoding.UTF8.GetString(t.ValueBytes) : t.Value).Append(refused.Status.Detail));

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
