using System.Security.Cryptography;

namespace ReleaseIntegrity.Worlds.Making;

/// <summary>Everything that is left to chance, drawn from one seed: the same on every machine.</summary>
internal sealed class Chance(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>True with that probability.</summary>
    public bool Happens(double probability) => _random.NextDouble() < probability;

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public int Between(int least, int most) => _random.Next(least, most + 1);

    /// <summary>A span of whole seconds between two numbers of minutes.</summary>
    public TimeSpan Minutes(double least, double most) => TimeSpan.FromSeconds(_random.Next((int)(least * 60), (int)(most * 60) + 1));

    /// <summary>One of them.</summary>
    public T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    /// <summary>Random bytes.</summary>
    public byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Random lower-case hex.</summary>
    public string Hex(int digits) => Convert.ToHexStringLower(Bytes((digits + 1) / 2))[..digits];

    /// <summary>A random id as UUIDs are spelled.</summary>
    public string Uuid() => new Guid(Bytes(16)).ToString("D");

    /// <summary>A seed for another generator.</summary>
    public int Seed() => _random.Next();

    /// <summary>SHA-256 in lower-case hex.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
