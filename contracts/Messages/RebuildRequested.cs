namespace ReleaseIntegrity.Contracts.Messages;

/// <summary>
/// Somebody wants all current ledgers and all packages to be sent to the handoff once more, as they were sent before. May be
/// delivered again: a request that is known changes nothing. Wire format: version with care.
/// </summary>
public sealed record RebuildRequested
{
    /// <summary>Tells requests apart.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>When the handoff was asked, UTC.</summary>
    public required DateTimeOffset RequestedAt { get; init; }
}
