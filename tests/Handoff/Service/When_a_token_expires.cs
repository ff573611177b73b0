using Grpc.Core;
using Grpc.Net.Client;
using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>A token that was found good is remembered for a minute, but never past its end.</summary>
public sealed class When_a_token_expires
{
    /// <summary>Shorter than a minute: whoever is let in after it is remembered too long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task It_lets_nobody_in_though_it_was_good_just_before()
    {
        await using HandoffHost host = await HandoffHost.StartAsync();
        using var stop = new CancellationTokenSource(Patience);
        string token;
        do
        {
            // A machine that is slow lets one expire before its first call is answered.
            stop.Token.ThrowIfCancellationRequested();
            token = HandoffHost.SigningKey.Mint("maya", [Role.Viewer], repositories: null, DateTimeOffset.UtcNow.AddSeconds(3));
        }
        while (await CallAsync(host, token) != StatusCode.OK);

        while (await CallAsync(host, token) == StatusCode.OK)
        {
            await Task.Delay(50, stop.Token);
        }

        Assert.Equal(StatusCode.Unauthenticated, await CallAsync(host, token));
    }

    private static async Task<StatusCode> CallAsync(HandoffHost host, string token)
    {
        using GrpcChannel channel = host.ChannelOf(token);
        try
        {
            await new HandoffService.HandoffServiceClient(channel).ListLedgersAsync(new ListLedgersRequest());
            return StatusCode.OK;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode;
        }
    }
}
