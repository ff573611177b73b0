using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds;

/// <summary>One artifact of a world, and what really happened to it.</summary>
public sealed class Artifact
{
    private readonly List<(DateTimeOffset Since, Field Field, IReadOnlyList<string> Values)> _real = [];
    private readonly HashSet<Digest> _digests = [];

    internal Artifact(ImageReference tuple, IReadOnlyList<Drift> drifts) => (Tuple, Drifts) = (tuple, drifts);

    /// <summary>Registry, repository and tag.</summary>
    public ImageReference Tuple { get; }

    /// <summary>What drifts in its records.</summary>
    public IReadOnlyList<Drift> Drifts { get; }

    /// <summary>The real value of a field at an instant, whatever the records say; null where the world leaves it open.</summary>
    public IReadOnlyList<string>? Real(Field field, DateTimeOffset at) =>
        _real.LastOrDefault(r => r.Field == field && r.Since <= at).Values;

    /// <summary>Every real value over time, in order.</summary>
    public IReadOnlyList<(DateTimeOffset Since, Field Field, IReadOnlyList<string> Values)> History => _real;

    internal void IsReally(DateTimeOffset since, Field field, params IReadOnlyList<string> values) => _real.Add((since, field, values));

    /// <summary>The digest is one of the artifact's.</summary>
    internal void Owns(Digest digest, IReadOnlyList<Digest> children)
    {
        _digests.Add(digest);
        _digests.UnionWith(children);
    }

    /// <summary>Whether a statement is about this artifact: it names the tag, or only a digest that is the artifact's.</summary>
    internal bool Concerns(Statement statement) => statement.Image is { Tag: not null }
        ? statement.Image == Tuple
        : statement.Digest is { } digest && _digests.Contains(digest);
}
