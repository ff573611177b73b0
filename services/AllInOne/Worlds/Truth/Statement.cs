using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Worlds;

/// <summary>
/// What one revision of one source record says, as the world knows it: without the bytes, in the order in which it really
/// happened, whatever the source says of times and counters.
/// </summary>
public sealed record Statement
{
    /// <summary>The source.</summary>
    public required Source Source { get; init; }

    /// <summary>Which deployment of it.</summary>
    public required string Instance { get; init; }

    /// <summary>What kind of record.</summary>
    public required RecordKind Kind { get; init; }

    /// <summary>The record, by a name of the world's own that is unique within source and instance.</summary>
    public required string Record { get; init; }

    /// <summary>When it really happened, UTC. Of one record's statements a later one is the newer.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When the source says that it happened; null where it doesn't say.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The artifact that it names, with the tag where it names one.</summary>
    public ImageReference? Image { get; init; }

    /// <summary>The digest that it concerns; null where it names none, or only an image's configuration.</summary>
    public Digest? Digest { get; init; }

    /// <summary>The manifests that an index lists, where it proves them; of a ledger entry the payload that was signed.</summary>
    public IReadOnlyList<Digest> Children { get; init; } = [];

    /// <summary>What it says, field by field, as documents spell it; an empty list for an explicit null.</summary>
    public IReadOnlyDictionary<Field, IReadOnlyList<string>> Fields { get; init; } = new Dictionary<Field, IReadOnlyList<string>>();

    /// <summary>The record is gone.</summary>
    public bool Withdrawn { get; init; }

    /// <summary>For a change: it is approved, and neither cancelled nor rejected.</summary>
    public bool Approved { get; init; }

    /// <summary>For a ledger entry: when it was signed, as far as the entry says.</summary>
    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>Nothing that the source says tells whether this revision or the one before it is the newer.</summary>
    public bool Unordered { get; init; }

    /// <summary>The value of a field, or null where the statement doesn't carry it.</summary>
    internal IReadOnlyList<string>? Value(Field field) => Fields.GetValueOrDefault(field);

    /// <summary>Whether the two say the same; times of observing are left out, and of a tag only where it leads counts.</summary>
    internal bool SaysTheSame(Statement other) =>
        Withdrawn == other.Withdrawn && Approved == other.Approved && Digest == other.Digest && Image == other.Image
        && (Kind == RecordKind.RegistryTag || Contents(this).SequenceEqual(Contents(other), StringComparer.Ordinal));

    private static IEnumerable<string> Contents(Statement statement) => statement.Fields
        .Where(f => f.Key is not (Field.ObservationTime or Field.PromotionTime))
        .OrderBy(f => f.Key)
        .Select(f => $"{f.Key}={string.Join('\n', f.Value)}");
}
