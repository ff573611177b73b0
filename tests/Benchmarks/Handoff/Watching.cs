using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Benchmarks.Handoff;

/// <summary>Clients that watch a tuple meanwhile.</summary>
internal sealed class Watching : IAsyncDisposable
{
    private static readonly Method<byte[], byte[]> Method = new(
        MethodType.ServerStreaming, "releaseintegrity.handoff.v1.HandoffService", "WatchCorrectionPackages", Echo.Raw, Echo.Raw);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _watching = [];

    private Watching()
    {
    }

    public static async Task<Watching> StartAsync(GrpcChannel channel, string token, string tuple, int watchers)
    {
        var all = new Watching();
        var joined = new List<Task>();
        for (int i = 0; i < watchers; i++)
        {
            AsyncServerStreamingCall<byte[]> call = channel.CreateCallInvoker().AsyncServerStreamingCall(
                Method,
                null,
                new CallOptions(new Metadata { { "authorization", $"Bearer {token}" } }, cancellationToken: all._stop.Token),
                new WatchCorrectionPackagesRequest { Parent = tuple }.ToByteArray());
            all._watching.Add(FollowAsync(call));
            joined.Add(call.ResponseHeadersAsync);
        }

        await Task.WhenAll(joined);
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_watching);
        _stop.Dispose();
    }

    private static async Task FollowAsync(AsyncServerStreamingCall<byte[]> call)
    {
        try
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
            }
        }
        catch (RpcException ended) when (ended.StatusCode == StatusCode.Cancelled)
        {
            // As it was told to.
        }
        finally
        {
            call.Dispose();
        }
    }
}
