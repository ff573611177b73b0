namespace ReleaseIntegrity.Reconciling.Rebuilding;

/// <summary>A request to send everything again, and how far it has come.</summary>
public sealed record Rebuild
{
    /// <summary>Tells requests apart.</summary>
    public Guid RequestId { get; init; }

    /// <summary>When the handoff was asked, UTC.</summary>
    public DateTimeOffset RequestedAt { get; init; }

    /// <summary>When it came here, UTC.</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>When its first page was sent, UTC; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The key of the last tuple that was sent; empty before the first.</summary>
    public string AfterKey { get; init; } = "";

    /// <summary>Tuples that were sent; 0 where another request answered this one too.</summary>
    public long Tuples { get; init; }

    /// <summary>Their packages.</summary>
    public long Packages { get; init; }

    /// <summary>Ledgers that came out otherwise than they were announced, though no evidence and no transition had come: a defect.</summary>
    public long Contradicted { get; init; }

    /// <summary>When all was sent, UTC; null before.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}
