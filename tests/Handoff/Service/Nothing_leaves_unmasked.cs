using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Tests.Handoff.Masking;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>Invariant I9 over the whole service: responses, errors, trailers, URLs and log lines.</summary>
public class Nothing_leaves_unmasked
{
    [Fact]
    public async Task Over_every_rpc_and_in_every_log_line()
    {
        RandomDocument[] randoms = [.. Enumerable.Range(700, 4).Select(seed => new RandomDocument(seed))];
        string[] secrets = [.. randoms.SelectMany(r => r.Secrets).Distinct()];
        var said = new List<string>();
        var called = new HashSet<string>();
        await using HandoffHost host = await HandoffHost.StartAsync();
        foreach (RandomDocument random in randoms)
        {
            await Feed(host, random);
        }

        foreach (RandomDocument random in randoms)
        {
            string tuple = "tuples/" + new Masker(HandoffHost.Key).TupleId(random.Tuple);
            foreach (IMessage request in Requests(tuple).Concat(random.Secrets.SelectMany(Requests)))
            {
                said.AddRange(await CallAsync(host, request, called));
            }

            said.Add(await host.Http.GetStringAsync($"/v1/{tuple}/ledger"));
            said.Add(await host.Http.GetStringAsync($"/v1/{tuple}/packages"));
            said.Add(await host.Http.GetStringAsync($"/v1/{tuple}/holds"));
        }

        Assert.Equal(HandoffService.Descriptor.Methods.Select(m => m.Name).Order(), called.Order());
        Assert.True(said.Count > 100);
        string everything = string.Join('\n', said.Concat(host.Log).Distinct());
        Assert.DoesNotContain(secrets, s => Leaks.Shows(everything, s));
        Assert.Contains("#", everything, StringComparison.Ordinal);
    }

    private static async Task Feed(HandoffHost host, RandomDocument random)
    {
        LedgerChanged changed = HandoffHost.Changed(random, 1) with { HoldsOpened = ["manifest-digest/digest-identity-conflict"] };
        await host.Feed.Apply(changed);
        await host.Feed.Apply(changed);
        await host.Feed.Apply(HandoffHost.Prepared(random, 2));
        await host.Feed.Apply(HandoffHost.Prepared(random, 1));
        await Assert.ThrowsAnyAsync<Exception>(() => host.Feed.Apply(changed with { LedgerSha256 = "" }));
    }

    /// <summary>A request of every RPC that uses a text wherever it can.</summary>
    private static IEnumerable<IMessage> Requests(string text)
    {
        bool name = text.StartsWith("tuples/", StringComparison.Ordinal);
        yield return new ListLedgersRequest { RepositoryToken = name ? "" : text, PageToken = name ? "" : text };
        yield return new GetLedgerRequest { Name = name ? text + "/ledger" : text };
        yield return new ListCorrectionPackagesRequest { Parent = text, HoldReason = name ? "" : text, RepositoryToken = name ? "" : text };
        yield return new GetCorrectionPackageRequest { Name = name ? text + "/packages/latest" : text };
        yield return new WatchCorrectionPackagesRequest { Parent = text, ResumeToken = name ? "" : text };
        yield return new ListHoldsRequest { Parent = text, Field = name ? "" : text, Reason = name ? "" : text };
        yield return new DiffCorrectionPackagesRequest { Name = name ? text + "/packages/latest" : text };
        yield return new ExportCorrectionPackageRequest { Name = name ? text + "/packages/latest" : text };
        yield return new ListWriteTargetsRequest { Parent = name ? text + "/packages/latest" : text };
        yield return new ExplainFieldRequest { Name = name ? text + "/ledger" : text, Field = name ? "cluster-id" : text };
        yield return new ListTimelineRequest { Parent = text, Field = name ? "" : text };
        yield return new GetHoldReleaseRequest { Name = name ? text + "/holds/cluster-id" : text };
        yield return new GetReleaseViewRequest { Name = name ? "releases/rel-2026.03.22.4" : "releases/" + text };
        yield return new GetEvaluationRequest { ReleaseTrain = name ? "" : text };
        yield return new RebuildRequest { RequestId = name ? "6f1d0b5e-3c5e-4a3b-9a39-1b1f0f0b7a11" : text };
    }

    /// <summary>Calls the RPC that takes the request, and gives everything that came back as text.</summary>
    private static async Task<List<string>> CallAsync(HandoffHost host, IMessage request, HashSet<string> called)
    {
        MethodDescriptor method = HandoffService.Descriptor.Methods.Single(m => m.InputType == request.Descriptor);
        called.Add(method.Name);
        var said = new List<string>();
        try
        {
            if (request is WatchCorrectionPackagesRequest watch)
            {
                using AsyncServerStreamingCall<WatchCorrectionPackagesResponse> call = host.Client.WatchCorrectionPackages(watch);
                for (int i = 0; i < 2 && await call.ResponseStream.MoveNext(CancellationToken.None); i++)
                {
                    said.Add(Text(call.ResponseStream.Current));
                }

                return said;
            }

            object reply = typeof(HandoffService.HandoffServiceClient)
                .GetMethod(method.Name, [request.GetType(), typeof(CallOptions)])!
                .Invoke(host.Client, [request, new CallOptions()])!;
            said.Add(Text((IMessage)reply));
        }
        catch (System.Reflection.TargetInvocationException e) when (e.InnerException is RpcException error)
        {
            said.AddRange(Said(error));
        }
        catch (RpcException error)
        {
            said.AddRange(Said(error));
        }

        return said;
    }

    private static IEnumerable<string> Said(RpcException error) =>
        error.Trailers.Where(t => !t.IsBinary).Select(t => t.Value)
            .Concat(error.Trailers.Where(t => t.IsBinary).Select(t => System.Text.Encoding.UTF8.GetString(t.ValueBytes)))
            .Append(error.Status.Detail);

    private static string Text(IMessage message) => System.Text.Encoding.UTF8.GetString(message.ToByteArray());
}
