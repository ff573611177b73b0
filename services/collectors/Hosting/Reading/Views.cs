using System.Globalization;
using System.Text.Json.Serialization;

namespace ReleaseIntegrity.Collectors.Hosting.Reading;

/// <summary>One delivery and what became of it.</summary>
public sealed record NotificationView
{
    /// <summary>The id that its sender was told.</summary>
    public required string IntakeId { get; init; }

    /// <summary>Address of the kept content, lower-case hex.</summary>
    public required string NotificationSha256 { get; init; }

    /// <summary>The format.</summary>
    public required string Format { get; init; }

    /// <summary>When this delivery was received.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary><c>kept</c>: waits to be normalised; <c>normalised</c>.</summary>
    public required string State { get; init; }

    /// <summary>How often the content was delivered.</summary>
    public required long Deliveries { get; init; }

    /// <summary>Whether the content was there before this delivery: its items count as duplicates.</summary>
    public required bool Redelivery { get; init; }

    /// <summary>Whether the normaliser itself failed on it.</summary>
    public required bool Quarantined { get; init; }

    /// <summary>When the retention let its bytes go; null while they are kept. A redelivery brings them back.</summary>
    public required DateTimeOffset? BodyReleasedAt { get; init; }

    /// <summary>How many items it has.</summary>
    public required long ItemCount { get; init; }

    /// <summary>Its items, the first 1,000.</summary>
    public required IReadOnlyList<ItemView> Items { get; init; }
}

/// <summary>One item of a content.</summary>
/// <param name="NotificationSha256">Address of the kept content, lower-case hex.</param>
/// <param name="Format">The format.</param>
/// <param name="Index">Index within the notification, from 0.</param>
/// <param name="Outcome"><c>observed</c>, <c>hint</c>, <c>irrelevant</c> or <c>rejected</c>.</param>
/// <param name="Reason">Why it is no evidence, without values.</param>
/// <param name="Pointer">JSON Pointer of the offending node of a rejected item.</param>
public sealed record ItemView(
    string NotificationSha256, string Format, int Index, string Outcome, string? Reason, string? Pointer);

/// <summary>A page of items, oldest first.</summary>
/// <param name="Items">The items.</param>
/// <param name="Next">Pass it as <c>after</c> for the next page; null at the end.</param>
public sealed record ItemPage(IReadOnlyList<ItemView> Items, string? Next);

/// <summary>
/// Counts since the store was made. Whenever nothing waits, items = observed + hint + irrelevant + rejected + duplicate.
/// </summary>
public sealed record CountsView
{
    /// <summary>Whose collector it is.</summary>
    public required string Source { get; init; }

    /// <summary>Deliveries taken.</summary>
    public required long Notifications { get; init; }

    /// <summary>Distinct contents among them.</summary>
    public required long Contents { get; init; }

    /// <summary>Contents that wait to be normalised.</summary>
    public required long Waiting { get; init; }

    /// <summary>Items of all deliveries of the contents that are normalised.</summary>
    public required long Items { get; init; }

    /// <summary>Items by what normalising made of them; the items of redeliveries are <c>duplicate</c>.</summary>
    public required IReadOnlyDictionary<string, long> ByOutcome { get; init; }

    /// <summary>Rejected items that were dropped, with a reason; they are among the rejected ones.</summary>
    public required long Dropped { get; init; }

    /// <summary>Messages that are not done.</summary>
    public required long Unpublished { get; init; }
}

/// <summary>Where a page of items ends.</summary>
internal readonly record struct ItemCursor(long NotificationId, long ItemIndex)
{
    public static bool TryParse(string? text, out ItemCursor cursor)
    {
        cursor = new ItemCursor(0, 0);
        if (text is null)
        {
            return true;
        }

        string[] parts = text.Split('.');
        if (parts.Length != 2
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long id)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long index))
        {
            return false;
        }

        cursor = new ItemCursor(id, index);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{NotificationId}.{ItemIndex}");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NotificationView))]
[JsonSerializable(typeof(ItemPage))]
[JsonSerializable(typeof(CountsView))]
internal sealed partial class ReadJson : JsonSerializerContext;
