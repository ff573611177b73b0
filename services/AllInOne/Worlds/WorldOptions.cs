namespace ReleaseIntegrity.Worlds;

/// <summary>What a generated world may hold.</summary>
public sealed record WorldOptions
{
    /// <summary>The drifts that may happen; all by default, none for a world whose records agree in the end.</summary>
    public IReadOnlySet<Drift> Drifts { get; init; } = Enum.GetValues<Drift>().ToHashSet();

    /// <summary>The share of artifacts to which something happens, from 0 to 1.</summary>
    public double DriftShare { get; init; } = 0.75;

    /// <summary>Artifacts of a world, at most; at least 1.</summary>
    public int MostArtifacts { get; init; } = 2;

    /// <summary>Clusters that run an artifact, at most; at least 1.</summary>
    public int MostClusters { get; init; } = 3;

    /// <summary>When the first release begins, UTC. A world ends within four days of it.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 3, 22, 6, 0, 0, TimeSpan.Zero);
}
