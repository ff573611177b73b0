using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.AllInOne.Offline.Input;

/// <summary>What became of one delivery when it was read and normalised.</summary>
internal abstract record Delivery
{
    private Delivery()
    {
    }

    /// <summary>A notification.</summary>
    /// <param name="Key">Equal for repeated deliveries of one notification.</param>
    /// <param name="ReceivedAt">When it was received, as far as the input says.</param>
    /// <param name="Items">What it holds.</param>
    public sealed record Read(NotificationKey Key, DateTimeOffset? ReceivedAt, IReadOnlyList<NormalisedItem> Items) : Delivery;

    /// <summary>Its format isn't known: it is no notification to us.</summary>
    public sealed record OfUnknownFormat(string Name) : Delivery;
}

/// <summary>What makes two deliveries the same notification: source, format, bytes, and headers that formats may read.</summary>
/// <param name="Source">The source; null where a line names none that we know.</param>
/// <param name="Format">The format; null where a line names none.</param>
/// <param name="Sha256">Lower-case hex SHA-256 that addresses the notification.</param>
/// <param name="Headers">The headers as one text; empty where there are none.</param>
internal readonly record struct NotificationKey(Source? Source, string? Format, string Sha256, string Headers)
    : IComparable<NotificationKey>
{
    /// <summary>By address first: the published order of items.</summary>
    public int CompareTo(NotificationKey other)
    {
        int order = string.CompareOrdinal(Sha256, other.Sha256);
        order = order != 0 ? order : Nullable.Compare(Source, other.Source);
        order = order != 0 ? order : string.CompareOrdinal(Format, other.Format);
        return order != 0 ? order : string.CompareOrdinal(Headers, other.Headers);
    }
}
