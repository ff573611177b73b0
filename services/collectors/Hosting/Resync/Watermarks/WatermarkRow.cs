namespace ReleaseIntegrity.Collectors.Hosting.Resync.Watermarks;

/// <summary>What asking one source instance came to: a row of <c>resync</c>.</summary>
internal sealed record WatermarkRow
{
    public string Name { get; init; } = "";

    public string? Watermark { get; init; }

    public long? Behind { get; init; }

    public DateTimeOffset DueAt { get; init; }

    public DateTimeOffset? RequestedAt { get; init; }

    public DateTimeOffset? ClaimedUntil { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? HeardAt { get; init; }

    public DateTimeOffset? SucceededAt { get; init; }

    public DateTimeOffset? FailedAt { get; init; }

    public string? Trouble { get; init; }

    public string? Detail { get; init; }

    public long Failures { get; init; }
}
