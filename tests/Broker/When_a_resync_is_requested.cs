using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Messaging.Consuming;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Broker;

/// <summary>Whoever asks doesn't know which process asks the source, so all of them hear it.</summary>
public sealed class When_a_resync_is_requested(OneNode broker)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_process_that_listens_hears_it()
    {
        BusAddress bus = await broker.VirtualHostAsync();
        await using Peer first = await ListenerAsync(bus);
        await using Peer second = await ListenerAsync(bus);
        await using Peer asking = await Peer.SenderAsync(bus);
        var transport = asking.Services.GetRequiredService<IMessageTransport>();

        // Lost where nobody listens yet, so it is asked until both do.
        await Eventually.IsTrueAsync("both have heard it", async () =>
        {
            await transport.PublishAsync(
                new ResyncRequested(Source.ArtifactRegistry, "registry.example.com", "", "a test"), new MessageLabel(Guid.NewGuid(), null), Ct);
            return Heard(first) > 0 && Heard(second) > 0;
        });
    }

    private static Task<Peer> ListenerAsync(BusAddress bus) =>
        Peer.StartAsync(bus, null, (services, _) => services.AddSingleton<IResyncListener, Listener>());

    private static int Heard(Peer peer) => peer.Services.GetServices<IResyncListener>().OfType<Listener>().Sum(l => l.Requests.Count);

    private sealed class Listener : IResyncListener
    {
        public ConcurrentQueue<ResyncRequested> Requests { get; } = new();

        public Task HearAsync(ResyncRequested request, CancellationToken cancellationToken)
        {
            Requests.Enqueue(request);
            return Task.CompletedTask;
        }
    }
}
