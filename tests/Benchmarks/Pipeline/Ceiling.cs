using System.Collections.Concurrent;
using System.Diagnostics;
using MassTransit;

namespace ReleaseIntegrity.Benchmarks.Pipeline;

/// <summary>One record as the ceiling sends it.</summary>
public sealed record BareRecord(int Number, string Body);

/// <summary>
/// What the bus alone can do: MassTransit, one durable message per record, published with the broker's confirmation to
/// a quorum queue and consumed from it, with nothing done about it. Its publisher and its consumer are one process.
/// </summary>
internal sealed class Ceiling(BrokerNode broker)
{
    private const string Queue = "bare-records";
    private const int InFlight = 200;
    private const int Prefetch = 400;

    /// <summary>Records per second from the first publish to the last consumed one.</summary>
    public async Task<double> MeasureAsync(IReadOnlyList<string> bodies, int records)
    {
        var consumer = new BareConsumer(records);
        IBusControl bus = Bus.Factory.CreateUsingRabbitMq(rabbit =>
        {
            rabbit.Host("127.0.0.1", (ushort)broker.Port, "/", host =>
            {
                host.Username("guest");
                host.Password("guest");
            });
            rabbit.ReceiveEndpoint(Queue, endpoint =>
            {
                endpoint.SetQuorumQueue();
                endpoint.PrefetchCount = Prefetch;
                endpoint.Instance(consumer);
            });
        });
        await bus.StartAsync();
        try
        {
            await PublishAsync(bus, bodies, records / 2, consumer);
            consumer.Reset();
            var watch = Stopwatch.StartNew();
            await PublishAsync(bus, bodies, records, consumer);
            return records / watch.Elapsed.TotalSeconds;
        }
        finally
        {
            await bus.StopAsync();
        }
    }

    private static async Task PublishAsync(IBus bus, IReadOnlyList<string> bodies, int records, BareConsumer consumer)
    {
        await Parallel.ForAsync(
            0, records, new ParallelOptions { MaxDegreeOfParallelism = InFlight },
            async (i, cancelled) => await bus.Publish(new BareRecord(i, bodies[i % bodies.Count]), cancelled));
        await consumer.AllOf(records);
    }

    private sealed class BareConsumer(int records) : IConsumer<BareRecord>
    {
        private readonly ConcurrentDictionary<int, bool> _seen = new(4, records);
        private TaskCompletionSource _all = new();
        private int _wanted = int.MaxValue;

        public Task Consume(ConsumeContext<BareRecord> context)
        {
            _seen[context.Message.Number] = true;
            if (_seen.Count >= Volatile.Read(ref _wanted))
            {
                _all.TrySetResult();
            }

            return Task.CompletedTask;
        }

        public void Reset()
        {
            _seen.Clear();
            _wanted = int.MaxValue;
            _all = new TaskCompletionSource();
        }

        public Task AllOf(int wanted)
        {
            Volatile.Write(ref _wanted, wanted);
            return _seen.Count >= wanted ? Task.CompletedTask : _all.Task;
        }
    }
}
