using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Worlds.Making;
using ReleaseIntegrity.Worlds.Shapes;

namespace ReleaseIntegrity.Worlds;

/// <summary>
/// A made-up organisation's releases over a day or two, as four systems tell of them, with what is true about them. The same seed and
/// options give the same bytes on every machine.
/// </summary>
public sealed class World
{
    private World(int seed, IReadOnlyList<Artifact> artifacts, IReadOnlyList<Telling> tellings)
    {
        Seed = seed;
        Artifacts = artifacts;
        Tellings = tellings;
        Deliveries = [.. tellings.Select(t => t.Delivery)];
        Truth = new Truth(artifacts, tellings);
        End = Deliveries[^1].ReceivedAt.AddHours(2);
    }

    /// <summary>What it was made from.</summary>
    public int Seed { get; }

    /// <summary>The artifacts that are released.</summary>
    public IReadOnlyList<Artifact> Artifacts { get; }

    /// <summary>Every notification, by receipt.</summary>
    public IReadOnlyList<Delivery> Deliveries { get; }

    /// <summary>What is true.</summary>
    public Truth Truth { get; }

    /// <summary>An instant at which nothing is under way any more, and nothing has aged yet.</summary>
    public DateTimeOffset End { get; }

    /// <summary>The notifications, with what their tellers know.</summary>
    internal IReadOnlyList<Telling> Tellings { get; }

    /// <summary>Makes a world.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="options">What it may hold.</param>
    public static World Generate(int seed, WorldOptions? options = null)
    {
        options ??= new WorldOptions();
        var chance = new Chance(seed);
        var organisation = Organisation.Found(chance, options);
        var script = new Script(chance);
        var artifacts = new List<Artifact>();
        bool repeats = false, delays = false;
        for (int i = chance.Between(1, Math.Max(1, options.MostArtifacts)); i > 0; i--)
        {
            DateTimeOffset start = options.Start + chance.Minutes(0, 240);
            var tuple = new ImageReference(organisation.Registry.Host, $"{organisation.Registry.Path}/cart-{seed & 0xffff:x4}", $"rel-2026.03.22.{i}");
            var artifact = new Artifact(tuple, Drifts(chance, options));
            artifact.IsReally(start, Field.ReleaseTrain, tuple.Tag!);
            artifact.IsReally(start, Field.Repository, tuple.Coordinates);
            artifacts.Add(artifact);
            DateTimeOffset end = new Story(new Release(organisation, artifact, script, chance), artifact, chance, start).Tell();
            Noise(organisation, script, chance, end);
            repeats |= artifact.Drifts.Contains(Drift.RepeatedEvents);
            delays |= artifact.Drifts.Contains(Drift.LateDelivery);
        }

        if (delays)
        {
            script.Delay(0.15);
        }

        if (repeats)
        {
            script.Repeat(0.3);
        }

        return new World(seed, artifacts, script.Tellings);
    }

    /// <summary>Worlds without end, made one after the other: as many deliveries as anybody wants, a world of them in memory.</summary>
    /// <param name="seed">The first world's seed; the following worlds have the following numbers.</param>
    /// <param name="options">What they may hold.</param>
    public static IEnumerable<World> Stream(int seed, WorldOptions? options = null)
    {
        for (int next = seed; ; next = unchecked(next + 1))
        {
            yield return Generate(next, options);
        }
    }

    /// <summary>At most one drift of what is said, and one of how it arrives.</summary>
    private static List<Drift> Drifts(Chance chance, WorldOptions options)
    {
        if (!chance.Happens(options.DriftShare))
        {
            return [];
        }

        Drift[] arriving = [.. options.Drifts.Where(d => d is Drift.RepeatedEvents or Drift.LateDelivery or Drift.LostEvents).Order()];
        Drift[] saying = [.. options.Drifts.Except(arriving).Order()];
        var drifts = new List<Drift>();
        if (saying.Length > 0)
        {
            drifts.Add(chance.Pick(saying));
        }

        // A clock that is wrong and a message that comes late can't be told apart by anybody.
        bool skewed = drifts.Contains(Drift.ClockSkew);
        if (arriving.Length > 0 && !skewed && (drifts.Count == 0 || chance.Happens(0.4)))
        {
            drifts.Add(chance.Pick(arriving));
        }

        return drifts;
    }

    private static void Noise(Organisation organisation, Script script, Chance chance, DateTimeOffset end)
    {
        script.TellSoon(Source.SignatureLedger, chance.Happens(0.5) ? Ledgers.Unrelated(chance) : Certificates.Issued(chance, end), end - chance.Minutes(1, 300));
        int id = chance.Between(1, 9999);
        script.TellSoon(Source.ChangeSnapshot, chance.Happens(0.5) ? Changes.Unrelated(id, end) : GiteaReleases.Published(id, end), end - chance.Minutes(1, 300));
        string cluster = organisation.Clusters[0].Name;
        script.TellSoon(Source.RuntimeValidation, chance.Happens(0.5) ? Runtimes.Unrelated(cluster, end) : PolicyReports.About(cluster, end), end - chance.Minutes(1, 300));
    }
}
