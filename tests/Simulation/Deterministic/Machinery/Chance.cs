namespace ReleaseIntegrity.Simulation.Deterministic.Machinery;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): a seed gives the same numbers in every version of the runtime.</summary>
internal sealed class Chance(ulong seed) : Random(0)
{
    private ulong _state = seed;

    public override int Next(int maxValue) => (int)((UInt128)Draw() * (ulong)maxValue >> 64);

    public override int Next(int minValue, int maxValue) => minValue + Next(maxValue - minValue);

    public override double NextDouble() => (Draw() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => Next(times) == 0;

    /// <summary>A seed for another sequence, so that drawing more from one moves nothing in the other.</summary>
    public ulong Salt() => Draw();

    protected override double Sample() => NextDouble();

    private ulong Draw()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>
/// What the simulation decides while it runs. The first <paramref name="limit"/> choices are by chance; after them the first
/// possibility is taken, which is the calm order: so a failing run can be shortened by lowering the limit.
/// </summary>
internal sealed class Choices(Chance chance, int limit)
{
    private bool _stopped;

    /// <summary>Choices made so far.</summary>
    public int Made { get; private set; }

    public bool AreCalm => _stopped || Made >= limit;

    /// <summary>From now on nothing is by chance.</summary>
    public void Stop() => _stopped = true;

    /// <summary>One of so many possibilities, from 0.</summary>
    public int Of(int possibilities)
    {
        if (AreCalm)
        {
            return 0;
        }

        Made++;
        return chance.Next(possibilities);
    }
}
