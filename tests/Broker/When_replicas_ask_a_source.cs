using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Collectors.Hosting;
using ReleaseIntegrity.Collectors.Hosting.Resync;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Tests.Running;
using ReleaseIntegrity.Tests.Servers;

namespace ReleaseIntegrity.Tests.Broker;

/// <summary>Replicas of a collector share a store; all of them hear what is asked for over the broker, and one of them asks.</summary>
public sealed class When_replicas_ask_a_source(OneNode broker)
{
    private const int Requests = 12;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_at_a_time_does_and_what_was_asked_for_is_asked_once()
    {
        BusAddress bus = await broker.VirtualHostAsync();
        await using var place = new SharedSqliteFiles();
        var source = new Recorder();
        await using Peer first = await CollectorAsync(bus, place, source);
        await using Peer second = await CollectorAsync(bus, place, source);
        await using Peer asking = await Peer.SenderAsync(bus);
        var transport = asking.Services.GetRequiredService<IMessageTransport>();

        // Both have heard one before anything is counted.
        await Eventually.IsTrueAsync("both replicas are there", async () =>
        {
            await SendAsync(transport, "warm-up");
            return source.Asked("warm-up") > 0 && Heard(first) && Heard(second);
        });

        for (int i = 0; i < Requests; i++)
        {
            await SendAsync(transport, $"tag-{i}");
        }

        await Eventually.IsTrueAsync(
            "all are asked for", () => Task.FromResult(Enumerable.Range(0, Requests).All(i => source.Asked($"tag-{i}") > 0)));
        Assert.Equal(1, source.MostAtOnce);
        Assert.All(Enumerable.Range(0, Requests), i => Assert.Equal(1, source.Asked($"tag-{i}")));
    }

    private static Task SendAsync(IMessageTransport transport, string target) => transport.PublishAsync(
        new ResyncRequested(Source.ArtifactRegistry, "registry.example.com", target, "a test"), new MessageLabel(Guid.NewGuid(), null), Ct);

    private static bool Heard(Peer peer) => peer.Services.GetRequiredService<Ears>().Heard;

    private static async Task<Peer> CollectorAsync(BusAddress bus, SharedSqliteFiles place, Recorder source)
    {
        ReleaseIntegrity.Storage.StoreOptions store = await place.OptionsAsync("artifact-registry", CollectorServices.Migrations);
        return await Peer.StartAsync(bus, null, (services, _) =>
        {
            services.AddCollector(
                Source.ArtifactRegistry,
                _ => [new Nothing()],
                o =>
                {
                    o.Store = store;
                    o.Resync["main"] = new ResyncOptions
                    {
                        Api = "recorder", Address = "http://localhost:1", Instance = "registry.example.com", PauseSeconds = 0,
                    };
                },
                [new SourceApi("recorder", _ => source)]);
            services.AddSingleton<Ears>();
            services.AddSingleton<ReleaseIntegrity.Messaging.Consuming.IResyncListener>(p => p.GetRequiredService<Ears>());
        });
    }

    private sealed class Ears : ReleaseIntegrity.Messaging.Consuming.IResyncListener
    {
        public bool Heard { get; private set; }

        public Task HearAsync(ResyncRequested request, CancellationToken cancellationToken)
        {
            Heard = true;
            return Task.CompletedTask;
        }
    }

    private sealed class Nothing : INormalizer
    {
        public Source Source => Source.ArtifactRegistry;

        public string Format => "nothing";

        public int MappingVersion => 1;

        public IReadOnlyList<NormalisedItem> Normalise(Notification notification) => [new NormalisedItem.Irrelevant("a test")];
    }

    /// <summary>A source that takes its time, and counts who asks for what and how many at once.</summary>
    private sealed class Recorder : ISourceClient
    {
        private readonly ConcurrentQueue<string> _targets = new();
        private int _now;
        private int _most;

        public int MostAtOnce => _most;

        public int Asked(string target) => _targets.Count(t => t == target);

        public async IAsyncEnumerable<SourcePage> AskAsync(SourceQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            int now = Interlocked.Increment(ref _now);
            InterlockedMax(ref _most, now);
            foreach (string target in question.Targets)
            {
                _targets.Enqueue(target);
            }

            await Task.Delay(100, cancellationToken);
            Interlocked.Decrement(ref _now);
            yield return new SourcePage { Heard = ["registry.example.com"] };
        }

        private static void InterlockedMax(ref int most, int value)
        {
            for (int seen = most; value > seen; seen = most)
            {
                Interlocked.CompareExchange(ref most, value, seen);
            }
        }
    }
}
