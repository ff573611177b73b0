using System.Text.Json.Serialization;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Collectors.Hosting.Operating;

/// <summary>A rejected item.</summary>
public sealed record QuarantinedItem
{
    /// <summary>Its id: names it in requests.</summary>
    public required string Item { get; init; }

    /// <summary>Address of the kept content, lower-case hex.</summary>
    public required string NotificationSha256 { get; init; }

    /// <summary>The format.</summary>
    public required string Format { get; init; }

    /// <summary>When the content was received first.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Why it can't be used, without values.</summary>
    public required string? Reason { get; init; }

    /// <summary>JSON Pointer of the offending node.</summary>
    public required string? Pointer { get; init; }

    /// <summary>Whether the normaliser itself failed.</summary>
    public required bool Failed { get; init; }

    /// <summary>Why it was dropped; null while it waits.</summary>
    public string? Dropped { get; init; }

    /// <summary>When it was dropped.</summary>
    public DateTimeOffset? DroppedAt { get; init; }
}

/// <summary>A page of rejected items, oldest first.</summary>
/// <param name="Items">The items.</param>
/// <param name="Next">Pass it as <c>after</c> for the next page; null at the end.</param>
public sealed record QuarantinePage(IReadOnlyList<QuarantinedItem> Items, string? Next);

/// <summary>How many items wait for one reason.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Format">The format.</param>
/// <param name="Items">How many.</param>
public sealed record QuarantineReason(string? Reason, string Format, long Items);

/// <summary>A rejected item with what was received, unmasked.</summary>
/// <param name="Item">The item.</param>
/// <param name="Headers">The kept headers.</param>
/// <param name="Body">The body, where it is UTF-8.</param>
/// <param name="BodyBase64">The body, where it isn't.</param>
public sealed record QuarantinedRaw(
    QuarantinedItem Item, IReadOnlyDictionary<string, string> Headers, string? Body, string? BodyBase64);

/// <summary>Which rejected items are meant: exactly one of the three.</summary>
public record ItemChoice
{
    /// <summary>The id of one.</summary>
    public string? Item { get; init; }

    /// <summary>All with this reason.</summary>
    public string? Reason { get; init; }

    /// <summary>All.</summary>
    public bool All { get; init; }
}

/// <summary>What is to be dropped, and why.</summary>
public sealed record DropRequest : ItemChoice
{
    /// <summary>Why nobody waits for it any more.</summary>
    public string? Why { get; init; }
}

/// <summary>What was done.</summary>
/// <param name="Affected">How many contents are read again, or how many items were dropped.</param>
public sealed record OperatingDone(long Affected);

/// <summary>What is to be read again.</summary>
public sealed record ReplayRequest
{
    /// <summary>Received then or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Received before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Whether to do it; without, it is only shown.</summary>
    public bool Apply { get; init; }

    /// <summary>The <c>next</c> of an earlier answer.</summary>
    public string? After { get; init; }
}

/// <summary>What the current mappings make of kept notifications, compared with what became of them.</summary>
public sealed record ReplayView
{
    /// <summary>Whether those that change are being read again.</summary>
    public required bool Applied { get; init; }

    /// <summary>Contents looked at.</summary>
    public required long Contents { get; init; }

    /// <summary>Of these, read by the current mapping version already.</summary>
    public required long Current { get; init; }

    /// <summary>
    /// Of these, whose bytes the retention has let go, read by an older mapping version: what that made of them stands.
    /// </summary>
    public required long Released { get; init; }

    /// <summary>Of these, with an item that changes.</summary>
    public required long Changed { get; init; }

    /// <summary>Changed items by <c>before → after</c>.</summary>
    public required IReadOnlyDictionary<string, long> Changes { get; init; }

    /// <summary>The changed items, the first 1,000.</summary>
    public required IReadOnlyList<ReplayedItem> Items { get; init; }

    /// <summary>Pass it as <c>after</c> to go on; null at the end.</summary>
    public required string? Next { get; init; }
}

/// <summary>An item that the current mapping reads differently.</summary>
/// <param name="Item">Its id.</param>
/// <param name="Format">The format.</param>
/// <param name="Before">What became of it: an outcome, or <c>none</c>.</param>
/// <param name="After">What it becomes.</param>
/// <param name="Reason">Why it is no evidence then.</param>
/// <param name="Pointer">Where a rejected one offends.</param>
/// <param name="Says">What it says then, when it is evidence; unmasked.</param>
public sealed record ReplayedItem(
    string Item, string Format, string Before, string After, string? Reason, string? Pointer, Observation? Says);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters =
    [
        typeof(Contracts.Json.DigestConverter),
        typeof(Contracts.Json.WireEnumConverter<Source>),
        typeof(Contracts.Json.WireEnumConverter<Field>),
        typeof(Contracts.Json.WireEnumConverter<RecordKind>),
        typeof(Contracts.Json.WireEnumConverter<DigestKind>),
        typeof(Contracts.Json.WireEnumConverter<Approval>),
    ])]
[JsonSerializable(typeof(QuarantinePage))]
[JsonSerializable(typeof(IReadOnlyList<QuarantineReason>))]
[JsonSerializable(typeof(QuarantinedRaw))]
[JsonSerializable(typeof(ItemChoice))]
[JsonSerializable(typeof(DropRequest))]
[JsonSerializable(typeof(OperatingDone))]
[JsonSerializable(typeof(ReplayRequest))]
[JsonSerializable(typeof(ReplayView))]
internal sealed partial class OperatingJson : JsonSerializerContext;
