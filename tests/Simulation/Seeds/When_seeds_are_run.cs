using System.Collections.Concurrent;
using ReleaseIntegrity.Simulation.Deterministic;

namespace ReleaseIntegrity.Tests.Simulation;

/// <summary>The slice of every build: the same seeds each time, or as many as <c>SIMULATION_SEEDS</c> says.</summary>
public sealed class When_seeds_are_run
{
    private const int Slice = 500;
    private const int Threads = 2;

    private static int Seeds => int.TryParse(Environment.GetEnvironmentVariable("SIMULATION_SEEDS"), out int seeds) ? seeds : Slice;

    [Fact]
    public void Any_order_and_any_fault_end_in_what_the_engine_makes_of_the_deliveries()
    {
        int next = 0;
        var failing = new ConcurrentBag<Verdict>();
        Apart.Run(Threads, simulation =>
        {
            for (int seed = Interlocked.Increment(ref next); seed <= Seeds && failing.IsEmpty; seed = Interlocked.Increment(ref next))
            {
                if (simulation.Run(new Case((ulong)seed)) is { Holds: false } verdict)
                {
                    failing.Add(new Shrinker(simulation).Shrink(verdict));
                }
            }

            return true;
        });
        Assert.True(
            failing.IsEmpty,
            string.Join('\n', failing.Select(v => $"{v.Violation}\n  dotnet run -c Release --project tests/Simulation/Deterministic -- replay {v.Case}")));
    }

    [Fact]
    public void A_seed_gives_the_same_run_whenever_it_is_run()
    {
        string[] Traces(Simulator simulation) =>
        [
            .. Enumerable.Range(1, 20).Select(seed =>
            {
                var trace = new StringWriter();
                simulation.Run(new Case((ulong)seed), trace);
                return trace.ToString();
            }),
        ];
        string[][] both = [.. Apart.Run(2, Traces)];

        Assert.Equal(both[0], both[1]);
        Assert.All(both[0], t => Assert.NotEmpty(t));
    }

    [Fact]
    public void A_case_is_read_as_it_is_written()
    {
        foreach (Case @case in new Case[] { new(7), new(7, [1, 4]), new(7, [], [], [], 0), new(ulong.MaxValue, null, [2], [0, 3], 35) })
        {
            Case read = Case.Parse(@case.ToString());
            Assert.Equal(@case.ToString(), read.ToString());
            Assert.Equal((@case.Seed, @case.Choices), (read.Seed, read.Choices));
            Assert.Equal(@case.Deliveries, read.Deliveries);
            Assert.Equal(@case.Faults, read.Faults);
            Assert.Equal(@case.Acts, read.Acts);
        }
    }
}
