using ReleaseIntegrity.AllInOne.Offline.Input;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.AllInOne.Offline;

/// <summary>One notification with all its deliveries.</summary>
internal sealed class NotificationEntry(NotificationKey key, Delivery.Read first)
{
    /// <summary>Its identity.</summary>
    public NotificationKey Key { get; } = key;

    /// <summary>What it holds; observations are stamped with their extraction time once that is known.</summary>
    public NormalisedItem[] Items { get; } = [.. first.Items];

    /// <summary>Times that it was delivered.</summary>
    public int Deliveries { get; private set; } = 1;

    /// <summary>The first extraction; null where no delivery says one.</summary>
    public DateTimeOffset? Earliest { get; private set; } = first.ReceivedAt;

    /// <summary>The last extraction; null where a delivery doesn't say one, which is as late as the evaluation.</summary>
    public DateTimeOffset? Latest { get; private set; } = first.ReceivedAt;

    /// <summary>One more delivery of the same.</summary>
    public void Add(Delivery.Read delivery)
    {
        Deliveries++;
        bool earlier = delivery.ReceivedAt is { } at && !(Earliest <= at);
        Earliest = earlier ? delivery.ReceivedAt : Earliest;
        Latest = delivery.ReceivedAt is null || Latest is null ? null : delivery.ReceivedAt > Latest ? delivery.ReceivedAt : Latest;

        // What lines were refused for names the line: of equal lines the least name, whatever the order.
        if (Items is [NormalisedItem.Rejected known] && delivery.Items is [NormalisedItem.Rejected other]
            && string.CompareOrdinal(other.Reason, known.Reason) < 0)
        {
            Items[0] = other;
        }
    }
}
