using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>Everything that is known about one artifact tuple: the input of <see cref="Reconciler"/>.</summary>
public sealed record TupleEvidence
{
    /// <summary>The canonical tuple.</summary>
    public required ImageReference Tuple { get; init; }

    /// <summary>The records bound to the tuple, in any order.</summary>
    public required IReadOnlyList<RecordHistory> Records { get; init; }

    /// <summary>When each source instance was last heard: the greatest extraction time of anything that it sent.</summary>
    public required IReadOnlyDictionary<(Source Source, string Instance), DateTimeOffset> Watermarks { get; init; }

    /// <summary>Steward pins on the tuple, in any order.</summary>
    public IReadOnlyList<Pin> Pins { get; init; } = [];
}

/// <summary>A steward's choice of one of a named candidate set. It lapses when the set changes or at its expiry.</summary>
/// <param name="Field">The field.</param>
/// <param name="Values">The chosen value.</param>
/// <param name="CandidateSet">Hash of the candidate set that it chose from (<see cref="CandidateSets.HashOf"/>).</param>
/// <param name="ExpiresAt">When it lapses by itself, UTC.</param>
/// <param name="Sequence">The handoff's order of decisions; the greatest of a field counts.</param>
/// <param name="Reason">Why, in the steward's words.</param>
public sealed record Pin(
    Field Field, IReadOnlyList<string> Values, string CandidateSet, DateTimeOffset ExpiresAt, long Sequence, string Reason)
{
    /// <summary>
    /// That an earlier pin of the field is taken back: a pin on no set, which therefore never decides, and the greatest of
    /// its field.
    /// </summary>
    public static Pin TakenBack(Field field, DateTimeOffset at, long sequence, string reason) =>
        new(field, [], "", at, sequence, reason);
}
