namespace ReleaseIntegrity.Contracts.Messages;

/// <summary>
/// A steward pinned a field of a tuple, or took the pin back. Of several about one field the one with the greatest sequence
/// counts. May be delivered again and out of order. Wire format: version with care.
/// </summary>
public sealed record PinChanged
{
    /// <summary>The tuple, tag included.</summary>
    public required ImageReference Tuple { get; init; }

    /// <summary>The field.</summary>
    public required Field Field { get; init; }

    /// <summary>The chosen value, unmasked; null where the pin was taken back.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    /// <summary>
    /// Hash of the candidate set that it was chosen from (<see cref="Documents.CandidateSet"/>); null where the pin was
    /// taken back.
    /// </summary>
    public string? CandidateSet { get; init; }

    /// <summary>When it lapses by itself; when it was taken back. UTC.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>The handoff's order of decisions.</summary>
    public required long Sequence { get; init; }

    /// <summary>Why, in the steward's words, unmasked.</summary>
    public required string Reason { get; init; }
}
