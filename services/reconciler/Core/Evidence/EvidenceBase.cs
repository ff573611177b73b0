using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>
/// All evidence in memory: a grow-only set of observations, joined by record and tuple. Adding is commutative,
/// associative and idempotent; every answer is a function of the set. Not safe for concurrent use.
/// </summary>
public sealed class EvidenceBase(Policy policy)
{
    private readonly Dictionary<SourceRecord, List<Observation>> _records = [];
    private readonly Dictionary<ImageReference, HashSet<SourceRecord>> _named = [];
    private readonly Dictionary<ImageReference, HashSet<Digest>> _anchors = [];
    private readonly Dictionary<Digest, HashSet<ImageReference>> _anchoredBy = [];
    private readonly Dictionary<Digest, HashSet<(string? Coordinates, SourceRecord Record)>> _byDigest = [];
    private readonly Dictionary<string, HashSet<SourceRecord>> _byRepository = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Coordinates, Digest Index), HashSet<Digest>> _indexes = [];
    private readonly Dictionary<Digest, HashSet<(string Coordinates, Digest Index)>> _listedBy = [];
    private readonly Dictionary<(Source, string), DateTimeOffset> _watermarks = [];
    private readonly Dictionary<SourceRecord, RecordHistory> _histories = [];

    /// <summary>Every tuple that any observation names by tag.</summary>
    public IReadOnlyCollection<ImageReference> Tuples => _named.Keys;

    /// <summary>Notes that a source instance was heard, whatever it said.</summary>
    public void Heard(Source source, string instance, DateTimeOffset extractedAt)
    {
        if (!_watermarks.TryGetValue((source, instance), out DateTimeOffset known) || known < extractedAt)
        {
            _watermarks[(source, instance)] = extractedAt;
        }
    }

    /// <summary>Adds one observation.</summary>
    public void Add(Observation observation)
    {
        SourceRecord record = observation.Record;
        if (!_records.TryGetValue(record, out List<Observation>? known))
        {
            _records[record] = known = [];
        }

        known.Add(observation);
        _histories.Remove(record);
        Heard(record.Source, record.Instance, observation.Lineage.ExtractedAt);
        foreach (ImageReference tuple in Binding.NamedTuples(observation, policy))
        {
            Into(_named, tuple).Add(record);
        }

        foreach ((ImageReference tuple, Digest digest) in Binding.Anchors(observation, policy))
        {
            Into(_anchors, tuple).Add(digest);
            Into(_anchoredBy, digest).Add(tuple);
        }

        foreach ((string? coordinates, Digest digest) in Binding.BindsBy(observation, policy))
        {
            Into(_byDigest, digest).Add((coordinates, record));
        }

        if (Binding.WholeRepository(observation, policy) is { } repository)
        {
            Into(_byRepository, repository).Add(record);
        }

        if (Binding.IndexOf(observation, policy) is { } index)
        {
            Into(_indexes, (index.Coordinates, index.Index)).UnionWith(index.Children);
            foreach (Digest child in index.Children)
            {
                Into(_listedBy, child).Add((index.Coordinates, index.Index));
            }
        }
    }

    /// <summary>The evidence of one tuple.</summary>
    public TupleEvidence Of(ImageReference tuple)
    {
        var records = new HashSet<SourceRecord>();
        if (_named.TryGetValue(tuple, out HashSet<SourceRecord>? named))
        {
            records.UnionWith(named);
        }

        if (_byRepository.TryGetValue(tuple.Coordinates, out HashSet<SourceRecord>? whole))
        {
            records.UnionWith(whole);
        }

        foreach (Digest digest in AnchorsOf(tuple))
        {
            if (_byDigest.TryGetValue(digest, out HashSet<(string? Coordinates, SourceRecord Record)>? bound))
            {
                records.UnionWith(bound
                    .Where(b => b.Coordinates is null || b.Coordinates == tuple.Coordinates)
                    .Select(b => b.Record));
            }
        }

        return new TupleEvidence { Tuple = tuple, Records = [.. records.Select(History)], Watermarks = _watermarks };
    }

    /// <summary>Whether anything binds the record to a tuple.</summary>
    public bool IsBound(Observation observation)
    {
        if (Binding.NamedTuples(observation, policy).Any())
        {
            return true;
        }

        if (Binding.WholeRepository(observation, policy) is { } repository)
        {
            return _named.Keys.Any(t => t.Coordinates == repository);
        }

        return Binding.BindsBy(observation, policy).Any(b => IsAnchored(b.Digest, b.Coordinates));
    }

    /// <summary>What the record says now.</summary>
    public RecordHistory History(SourceRecord record)
    {
        if (!_histories.TryGetValue(record, out RecordHistory? history))
        {
            _histories[record] = history = RecordHistory.Of(_records[record], policy);
        }

        return history;
    }

    private bool IsAnchored(Digest digest, string? coordinates) =>
        IsAnchoredDirectly(digest, coordinates)
        || (_listedBy.TryGetValue(digest, out HashSet<(string Coordinates, Digest Index)>? indexes)
            && indexes.Any(i => (coordinates is null || coordinates == i.Coordinates)
                && IsAnchoredDirectly(i.Index, i.Coordinates)));

    private bool IsAnchoredDirectly(Digest digest, string? coordinates) =>
        _anchoredBy.TryGetValue(digest, out HashSet<ImageReference>? tuples)
        && tuples.Any(t => coordinates is null || t.Coordinates == coordinates);

    private HashSet<Digest> AnchorsOf(ImageReference tuple)
    {
        var anchors = new HashSet<Digest>();
        if (_anchors.TryGetValue(tuple, out HashSet<Digest>? direct))
        {
            anchors.UnionWith(direct);
            foreach (Digest index in direct)
            {
                if (_indexes.TryGetValue((tuple.Coordinates, index), out HashSet<Digest>? children))
                {
                    anchors.UnionWith(children);
                }
            }
        }

        return anchors;
    }

    private static HashSet<TValue> Into<TKey, TValue>(Dictionary<TKey, HashSet<TValue>> map, TKey key)
        where TKey : notnull
    {
        if (!map.TryGetValue(key, out HashSet<TValue>? values))
        {
            map[key] = values = [];
        }

        return values;
    }
}
