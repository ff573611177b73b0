using System.Globalization;

namespace ReleaseIntegrity.Tests.Distributed.Chaos;

/// <summary>A fault with its moment.</summary>
/// <param name="At">When it begins, from the start; later where the one before it in its part takes longer.</param>
/// <param name="Lasts">How long it lasts, at least.</param>
/// <param name="Part">To what it happens.</param>
/// <param name="Fault">What happens.</param>
internal sealed record Step(TimeSpan At, TimeSpan Lasts, Part Part, Fault Fault)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.TotalSeconds,7:0.0} s  for {Lasts.TotalSeconds,4:0.0} s  {Fault}");
}

/// <summary>
/// What goes wrong, and when. Everything is decided beforehand by a seed: the same seed, length, cast and abilities of the
/// machine give the same plan.
/// </summary>
internal static class Plan
{
    private const double LongestRest_s = 2;

    /// <summary>
    /// The faults by their moments. In each part its kinds come in a random order, all of them before one comes again; the
    /// plan is at least that long.
    /// </summary>
    /// <param name="seed">Any number.</param>
    /// <param name="length">How long it is, at least.</param>
    /// <param name="cast">Who there is.</param>
    /// <param name="able">What the machine can do.</param>
    public static IReadOnlyList<Step> Make(int seed, TimeSpan length, Cast cast, Needs able) =>
    [
        .. Enum.GetValues<Part>()
            .SelectMany(part => Of(part, new Random(HashCode(seed, part)), length, cast, able))
            .OrderBy(s => s.At),
    ];

    private static IEnumerable<Step> Of(Part part, Random chance, TimeSpan length, Cast cast, Needs able)
    {
        bool isLong = length > TimeSpan.Zero;
        Kind[] kinds = [.. Kind.All.Where(k => k.Part == part && (k.Needs & ~able) == 0 && (isLong || !k.TakesLong))];
        double at = 0;
        do
        {
            chance.Shuffle(kinds);
            foreach (Kind kind in kinds)
            {
                at += chance.NextDouble() * LongestRest_s;

                // Mostly short, sometimes long.
                double most = isLong && chance.Next(4) == 0 ? kind.Most_s : kind.Usual_s;
                double lasts = kind.Least_s + (chance.NextDouble() * (most - kind.Least_s));
                yield return new Step(TimeSpan.FromSeconds(at), TimeSpan.FromSeconds(lasts), part, kind.Make(chance, cast));
                at += lasts;
                if (isLong && at > length.TotalSeconds)
                {
                    yield break;
                }
            }
        }
        while (at < length.TotalSeconds);
    }

    // Not System.HashCode, which differs from process to process.
    private static int HashCode(int seed, Part part) => unchecked((seed * 31) + (int)part);
}
