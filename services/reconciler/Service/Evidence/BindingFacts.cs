using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>What observations bind (<see cref="Binding"/>), as rows: each fact once, however many observations say it.</summary>
internal sealed class BindingFacts(Policy policy)
{
    private readonly Dictionary<ImageReference, string> _keys = [];
    private readonly Dictionary<string, string> _repositories = new(StringComparer.Ordinal);

    /// <summary>The tuples that are named, by key.</summary>
    public Dictionary<string, ImageReference> Tuples { get; } = new(StringComparer.Ordinal);

    /// <summary>Which records name which tuples.</summary>
    public HashSet<NamedRow> Named { get; } = [];

    /// <summary>Which tuples anchor which digests.</summary>
    public HashSet<AnchorRow> Anchors { get; } = [];

    /// <summary>Which records are about which digests; with a repository, only in that repository.</summary>
    public HashSet<BoundDigestRow> Digests { get; } = [];

    /// <summary>Which records are about whole repositories.</summary>
    public HashSet<BoundRepositoryRow> Repositories { get; } = [];

    /// <summary>Which indexes list which digests.</summary>
    public HashSet<IndexChildRow> Children { get; } = [];

    /// <summary>Notes what one observation binds.</summary>
    public void Add(string recordKey, Observation observation)
    {
        foreach (ImageReference tuple in Binding.NamedTuples(observation, policy))
        {
            Named.Add(new NamedRow(KeyOf(tuple), recordKey));
        }

        foreach ((ImageReference tuple, Digest digest) in Binding.Anchors(observation, policy))
        {
            Anchors.Add(new AnchorRow(KeyOf(tuple), digest.Text));
        }

        foreach ((string? coordinates, Digest digest) in Binding.BindsBy(observation, policy))
        {
            Digests.Add(new BoundDigestRow(digest.Text, KeyOf(coordinates), recordKey));
        }

        if (Binding.WholeRepository(observation, policy) is { } repository)
        {
            Repositories.Add(new BoundRepositoryRow(KeyOf(repository), recordKey));
        }

        if (Binding.IndexOf(observation, policy) is { } index)
        {
            foreach (Digest child in index.Children)
            {
                Children.Add(new IndexChildRow(KeyOf(index.Coordinates), index.Index.Text, child.Text));
            }
        }
    }

    private string KeyOf(ImageReference tuple)
    {
        if (!_keys.TryGetValue(tuple, out string? key))
        {
            _keys[tuple] = key = EvidenceKeys.Of(tuple);
            Tuples[key] = tuple;
        }

        return key;
    }

    private string KeyOf(string? coordinates)
    {
        if (coordinates is null)
        {
            return "";
        }

        if (!_repositories.TryGetValue(coordinates, out string? key))
        {
            _repositories[coordinates] = key = EvidenceKeys.OfRepository(coordinates);
        }

        return key;
    }
}

/// <summary>A record names a tuple.</summary>
internal readonly record struct NamedRow(string TupleKey, string RecordKey);

/// <summary>A tuple anchors a digest.</summary>
internal readonly record struct AnchorRow(string TupleKey, string Digest);

/// <summary>A record is about a digest; an empty repository means every repository.</summary>
internal readonly record struct BoundDigestRow(string Digest, string RepositoryKey, string RecordKey);

/// <summary>A record is about every tag of a repository.</summary>
internal readonly record struct BoundRepositoryRow(string RepositoryKey, string RecordKey);

/// <summary>An index of a repository lists a digest.</summary>
internal readonly record struct IndexChildRow(string RepositoryKey, string IndexDigest, string ChildDigest);
