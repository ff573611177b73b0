namespace ReleaseIntegrity.Collectors.Hosting.Retention;

/// <summary>
/// For how long the bytes of notifications are kept. Without an age and a size, the default, they are kept for ever. Whatever
/// is set, those that a current ledger refers to are kept, and those with a rejected item.
/// </summary>
public sealed class RetentionOptions
{
    /// <summary>Days after their first receipt for which bytes are kept; at least 1.</summary>
    public int? MaxAgeDays { get; set; }

    /// <summary>Bytes of bodies that are kept in all; above it the oldest are let go first.</summary>
    public long? MaxBytes { get; set; }

    /// <summary>Where the reconciler answers, which says what is referred to; not where the process hosts the reconciler itself.</summary>
    public string? Reconciler { get; set; }

    /// <summary>How often to look, in seconds, from 1 to a day. Default an hour.</summary>
    public int EverySeconds { get; set; } = 3600;

    /// <summary>Whether anything is ever let go.</summary>
    public bool IsOn => MaxAgeDays is not null || MaxBytes is not null;
}
