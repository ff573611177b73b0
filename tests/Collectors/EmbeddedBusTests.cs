using System.Collections.Concurrent;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Messaging;
using ReleaseIntegrity.Messaging.Consuming;

namespace ReleaseIntegrity.Tests.Collectors;

/// <summary>The in-memory transport forgets and drops; the outbox does not.</summary>
public sealed class EmbeddedBusTests : WithFolder
{
    [Fact]
    public async Task A_message_is_done_only_when_its_consumer_confirms_it()
    {
        var folded = new Folded();
        await using (CollectorHost host = await StartAsync(folded, confirms: false))
        {
            await host.AcceptAsync("""["observed","hint"]""");
            await folded.WaitAsync(1);
            await folded.RestAsync(host, unpublished: 1);
        }

        await using CollectorHost again = await StartAsync(folded, confirms: true);
        JsonElement counts = await again.QuietAsync(published: true);
        Assert.Equal(0, counts.GetProperty("unpublished").GetInt64());
        Assert.Equal(2, folded.Messages.Count);
        Assert.Single(folded.Messages.Select(m => m.Id).Distinct());
    }

    [Fact]
    public async Task A_message_that_nobody_listens_to_waits_for_a_listener()
    {
        await using (CollectorHost host = await CollectorHost.StartAsync(Folder, services: s => s.AddBus(new BusOptions(), _ => { })))
        {
            await host.AcceptAsync("""["observed"]""");
            await host.QuietAsync();
        }

        var folded = new Folded();
        await using CollectorHost again = await StartAsync(folded, confirms: true);
        await again.QuietAsync(published: true);
        Observation observation = Assert.Single(Assert.Single(folded.Messages).Message.Observations);
        Assert.Equal(FakeNormalizer.DigestOf(0), observation.Subjects[0].Digest);
        Assert.Equal("0", observation.Subjects[0].Image!.Tag);
        Assert.Equal(RecordKind.RegistryTag, observation.Record.Kind);
    }

    [Fact]
    public async Task A_flood_comes_through_whole()
    {
        var folded = new Folded();
        await using CollectorHost host = await StartAsync(folded, confirms: true);
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => host.AcceptAsync($"""["observed","{i}"]""")));
        await host.QuietAsync(published: true);
        Assert.Equal(300, folded.Messages.Select(m => m.Id).Distinct().Count());
    }

    private Task<CollectorHost> StartAsync(Folded folded, bool confirms) =>
        CollectorHost.StartAsync(Folder, services: s =>
        {
            s.AddSingleton(folded);
            s.AddBus(new BusOptions(), bus =>
            {
                if (confirms)
                {
                    bus.AddPartitionConsumer<ConfirmingConsumer, ConfirmingDefinition>();
                }
                else
                {
                    bus.AddPartitionConsumer<SilentConsumer, SilentDefinition>();
                }
            });
        });

    internal sealed class Folded
    {
        private readonly ConcurrentQueue<(Guid Id, ObservationsNormalised Message)> _messages = new();

        public IReadOnlyList<(Guid Id, ObservationsNormalised Message)> Messages => [.. _messages];

        public void Add(Parcel parcel)
        {
            foreach (ParcelItem item in parcel.Items)
            {
                _messages.Enqueue((item.Id, (ObservationsNormalised)MessageTypes.Deserialise(item.Type, item.Body)));
            }
        }

        /// <summary>Waits until only so many messages are left, and sees that they stay.</summary>
        public async Task RestAsync(CollectorHost host, int unpublished)
        {
            for (int i = 0, same = 0; same < 20; i++)
            {
                JsonElement counts = await host.QuietAsync();
                same = counts.GetProperty("unpublished").GetInt64() == unpublished ? same + 1 : 0;
                Assert.True(i < 1500, $"not at rest: {counts}");
                await Task.Delay(10, CollectorHost.Ct);
            }
        }

        public async Task WaitAsync(int count)
        {
            for (int i = 0; _messages.Count < count; i++)
            {
                Assert.True(i < 1500, "no message arrived");
                await Task.Delay(10, CollectorHost.Ct);
            }
        }
    }

    internal sealed class SilentConsumer(Folded folded) : IConsumer<Parcel>
    {
        public Task Consume(ConsumeContext<Parcel> context)
        {
            folded.Add(context.Message);
            return Task.CompletedTask;
        }
    }

    internal sealed class SilentDefinition : ConsumerDefinition<SilentConsumer>;

    internal sealed class ConfirmingConsumer(Folded folded) : IConsumer<Parcel>
    {
        public Task Consume(ConsumeContext<Parcel> context)
        {
            folded.Add(context.Message);
            return context.ConfirmAsync([.. context.Message.Items.Select(i => i.Id)]);
        }
    }

    internal sealed class ConfirmingDefinition : ConsumerDefinition<ConfirmingConsumer>;
}
