using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>The partial order of the revisions of one record (domain: Currency).</summary>
internal static class RevisionOrder
{
    /// <summary>
    /// Whether <paramref name="later"/> makes <paramref name="earlier"/> history. By counter where both have one, unless
    /// source time contradicts it beyond the skew (a restored backup); else by time, where the clock can tell.
    /// </summary>
    internal static bool Supersedes(Revision later, Revision earlier, TimeSpan resolution, TimeSpan skew)
    {
        if (later.Counter is not null && earlier.Counter is not null)
        {
            int byCounter = CompareCounters(later.Counter, earlier.Counter);
            if (byCounter != 0)
            {
                return byCounter > 0 && !(Ticks(earlier) - Ticks(later) > skew.Ticks && later.Time is not null);
            }
        }

        return IsLaterByClock(later, earlier, resolution);
    }

    /// <summary>
    /// Whether <paramref name="earlier"/> can be forgotten beside <paramref name="later"/>: it counts now under no further
    /// evidence, and supersedes nothing that <paramref name="later"/> doesn't. Unlike <see cref="Supersedes"/> transitive.
    /// </summary>
    internal static bool Outdates(Revision later, Revision earlier, TimeSpan resolution)
    {
        if ((later.Counter is null) != (earlier.Counter is null))
        {
            return false;
        }

        int byCounter = later.Counter is null ? 0 : CompareCounters(later.Counter, earlier.Counter!);
        return byCounter > 0 ? Ticks(later) >= Ticks(earlier) : byCounter == 0 && IsLaterByClock(later, earlier, resolution);
    }

    /// <summary><see cref="Compare(Observation, Observation, bool)"/>, by counter where both have one.</summary>
    internal static int Compare(Observation a, Observation b) =>
        Compare(a, b, a.Revision.Counter is not null && b.Revision.Counter is not null);

    /// <summary>A total order that agrees with time, for finding runs of equal content.</summary>
    internal static int Compare(Observation a, Observation b, bool counted)
    {
        int order = counted ? CompareCounters(a.Revision.Counter!, b.Revision.Counter!) : 0;
        order = order != 0 ? order : Ticks(a.Revision).CompareTo(Ticks(b.Revision));
        return order != 0 ? order : LineageOrder.Compare(a.Lineage, b.Lineage);
    }

    /// <summary>Decimal integers of any length, by value.</summary>
    internal static int CompareCounters(string a, string b)
    {
        bool negativeA = a.StartsWith('-');
        bool negativeB = b.StartsWith('-');
        if (negativeA != negativeB)
        {
            return negativeA ? -1 : 1;
        }

        ReadOnlySpan<char> digitsA = a.AsSpan(negativeA ? 1 : 0).TrimStart('0');
        ReadOnlySpan<char> digitsB = b.AsSpan(negativeB ? 1 : 0).TrimStart('0');
        int magnitude = digitsA.Length != digitsB.Length
            ? digitsA.Length.CompareTo(digitsB.Length)
            : digitsA.SequenceCompareTo(digitsB);
        return negativeA ? -magnitude : magnitude;
    }

    /// <summary>Whether the clock can tell that <paramref name="later"/> is later.</summary>
    internal static bool IsLaterByClock(Revision later, Revision earlier, TimeSpan resolution)
    {
        long distance = Ticks(later) - Ticks(earlier);
        return distance > 0 && distance >= resolution.Ticks;
    }

    private static long Ticks(Revision revision) => revision.Time?.UtcTicks ?? 0;
}

/// <summary>Lineage is the minimum by (extraction time, notification, item): redelivery changes nothing.</summary>
public static class LineageOrder
{
    /// <summary>Negative where <paramref name="a"/> is kept and <paramref name="b"/> repeats it.</summary>
    public static int Compare(Lineage a, Lineage b)
    {
        int order = a.ExtractedAt.CompareTo(b.ExtractedAt);
        order = order != 0 ? order : string.CompareOrdinal(a.NotificationSha256, b.NotificationSha256);
        order = order != 0 ? order : a.ItemIndex.CompareTo(b.ItemIndex);
        return order != 0 ? order : string.CompareOrdinal(a.Format, b.Format);
    }
}
