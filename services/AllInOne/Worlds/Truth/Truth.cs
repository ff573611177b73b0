using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Worlds.Making;

namespace ReleaseIntegrity.Worlds;

/// <summary>
/// What is true in a world: what really happened, and what a perfect steward would accept of what was told. It knows the order of all
/// that happened, and nothing of the engine.
/// </summary>
public sealed class Truth
{
    private readonly Dictionary<ImageReference, Chronicle> _chronicles;
    private readonly Dictionary<ImageReference, Artifact> _artifacts;

    internal Truth(IReadOnlyList<Artifact> artifacts, IReadOnlyList<Telling> tellings)
    {
        _artifacts = artifacts.ToDictionary(a => a.Tuple);
        _chronicles = artifacts.ToDictionary(a => a.Tuple, a => new Chronicle(a.Tuple, Told(a, tellings)));
    }

    /// <summary>What happened to an artifact on purpose or by drift.</summary>
    public Artifact Of(ImageReference tuple) => _artifacts[tuple];

    /// <summary>
    /// The steward's verdict on every field of an artifact, from what was delivered by an instant. Asking in the order of time is
    /// quick; asking concurrently isn't safe.
    /// </summary>
    /// <param name="tuple">One of the world's artifacts.</param>
    /// <param name="at">The instant, UTC.</param>
    public IReadOnlyDictionary<Field, Verdict> At(ImageReference tuple, DateTimeOffset at) => new Steward(_chronicles[tuple].At(at), at).Decide();

    /// <summary>The statements about an artifact, each with its first receipt.</summary>
    private static List<(Statement Statement, DateTimeOffset Heard)> Told(Artifact artifact, IReadOnlyList<Telling> tellings)
    {
        var heard = new Dictionary<Statement, DateTimeOffset>(ReferenceEqualityComparer.Instance);
        foreach (Telling telling in tellings)
        {
            foreach (Statement statement in telling.Statements.Where(artifact.Concerns))
            {
                heard.TryAdd(statement, telling.Delivery.ReceivedAt);
            }
        }

        return [.. heard.Select(h => (h.Key, h.Value))];
    }
}
