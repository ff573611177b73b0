using System.Text.Json;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Json;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Collectors.Hosting.Log;

/// <summary>What normalising made of one item, before the whole evidence has judged it.</summary>
public enum NormaliseOutcome
{
    /// <summary>Evidence: published as an observation.</summary>
    Observed,

    /// <summary>True, but names no digest.</summary>
    Hint,

    /// <summary>Nothing that is reconciled.</summary>
    Irrelevant,

    /// <summary>Not usable, kept whole with its reason.</summary>
    Rejected,
}

/// <summary>Where a kept content stands. Storage format: version with care.</summary>
internal static class NotificationState
{
    public const string Kept = "kept";
    public const string Normalised = "normalised";
}

/// <summary>One delivery that is on disk.</summary>
/// <param name="IntakeId">What the sender is told.</param>
/// <param name="NotificationSha256">Address of the content.</param>
/// <param name="Waits">Whether the content is to be normalised because of it; false for a plain redelivery.</param>
internal sealed record KeptDelivery(string IntakeId, string NotificationSha256, bool Waits);

/// <summary>A content as it was kept.</summary>
internal sealed record KeptNotification(long Id, long Revision, string Variant, Notification Notification)
{
    /// <summary>The mapping version that read it last, so that its items were announced; null where none has.</summary>
    public int? ReadBy { get; init; }

    /// <summary>The revision of a content that has not been changed or put back since it was kept.</summary>
    public const long FirstRevision = 1;
}

/// <summary>A content, and what became of it.</summary>
internal sealed record ReadNotification(KeptNotification Kept, NormalisedNotification Result);

/// <summary>What became of a content.</summary>
internal sealed record NormalisedNotification
{
    /// <summary>Of the mapping that read it; 0 when there was none.</summary>
    public required int MappingVersion { get; init; }

    /// <summary>Whether the normaliser itself failed: then the one item is rejected, and the next start tries again.</summary>
    public bool Failed { get; init; }

    public required IReadOnlyList<OutcomeRow> Items { get; init; }

    /// <summary>Ids of the registry tags that it speaks of: a tag can go back to where it led before.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What announces the reading.</summary>
    public IReadOnlyList<OutboxMessage> Messages { get; init; } = [];
}

/// <summary>One item's outcome.</summary>
internal sealed record OutcomeRow(int Index, NormaliseOutcome Outcome)
{
    public string? Reason { get; init; }

    public string? Pointer { get; init; }

    /// <summary>Of an observation or a hint: the source instance that it is of.</summary>
    public string? Instance { get; init; }

    public string? Target { get; init; }

    /// <summary>What it says, when it is evidence: equal readings have equal ones.</summary>
    public string? ContentSha256 { get; init; }

    /// <summary>The evidence itself, which is not kept here.</summary>
    public Observation? Observation { get; init; }
}

/// <summary>A content that waits: its id and the length of its body.</summary>
internal sealed record WaitingRow
{
    public long NotificationId { get; init; }

    public long Bytes { get; init; }
}

/// <summary>A row of <c>notification</c>, as far as a statement selects it.</summary>
internal sealed record NotificationRow
{
    public long NotificationId { get; init; }

    public long Revision { get; init; }

    public string Format { get; init; } = "";

    public string Variant { get; init; } = "";

    public byte[] Body { get; init; } = [];

    public string Headers { get; init; } = "{}";

    public string? Instance { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    public string State { get; init; } = "";

    public int? MappingVersion { get; init; }

    public bool Failed { get; init; }

    /// <summary>When the body was let go; null while it is kept.</summary>
    public DateTimeOffset? ReleasedAt { get; init; }

    /// <summary>The content, where a statement selects all of it.</summary>
    public KeptNotification Kept(Source source) => new(
        NotificationId,
        Revision,
        Variant,
        new Notification
        {
            Source = source,
            Format = Format,
            Body = Body,
            ReceivedAt = ReceivedAt,
            Headers = JsonSerializer.Deserialize(Headers, ContractsJson.Default.IReadOnlyDictionaryStringString)!,
            Instance = Instance,
        })
    {
        ReadBy = Failed ? null : MappingVersion,
    };
}
