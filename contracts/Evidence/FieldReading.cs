namespace ReleaseIntegrity.Contracts;

/// <summary>One field as one revision of one source record states it, with its place in the kept bytes.</summary>
public sealed record FieldReading
{
    /// <summary>The field.</summary>
    public required Field Field { get; init; }

    /// <summary>
    /// The normalised values: one for a single-valued field; sorted and distinct for a set; empty where the payload
    /// carries an explicit null or empty value (absent fields have no reading at all).
    /// </summary>
    public required IReadOnlyList<string> Values { get; init; }

    /// <summary>Where the raw value stands.</summary>
    public required Place Place { get; init; }

    /// <summary>
    /// The raw value as found, for a scalar node; null for sets. A correction tests it before it writes, in the
    /// spelling that the source uses.
    /// </summary>
    public string? Raw { get; init; }

    /// <summary>For digest fields: what the digest is an address of.</summary>
    public DigestKind DigestKind { get; init; }

    /// <summary>Why the raw value can't be read as the field's type; null for a readable value.</summary>
    public string? Unreadable { get; init; }

    /// <summary>The single value, or null for an explicit null, an unreadable value or a set of several.</summary>
    public string? Single => Values.Count == 1 ? Values[0] : null;
}
