using System.Collections.Concurrent;
using ReleaseIntegrity.AllInOne.Offline.Input;
using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.AllInOne.Offline;

/// <summary>
/// Reads and normalises every delivery, over all cores, and brings repeated deliveries together. What comes out doesn't
/// depend on the order in which they are read.
/// </summary>
internal sealed class Gathering
{
    /// <summary>Deliveries that are read before they are folded: enough for all cores, and bounded.</summary>
    private const int ChunkSize = 8192;

    private readonly Dictionary<NotificationKey, NotificationEntry> _entries = [];
    private readonly SortedSet<string> _unknownFormats = new(StringComparer.Ordinal);
    private DateTimeOffset? _latestReceipt;

    /// <summary>The notifications, by address.</summary>
    public IReadOnlyList<NotificationEntry> Notifications { get; private set; } = [];

    /// <summary>Names of formats that nobody speaks.</summary>
    public IReadOnlyCollection<string> UnknownFormats => _unknownFormats;

    /// <summary>Deliveries that were received after the evaluation's instant.</summary>
    public int LeftOut { get; private set; }

    /// <summary>Reads all deliveries, and leaves out those received after <paramref name="asOf"/>.</summary>
    /// <param name="places">The deliveries, in any order.</param>
    /// <param name="reader">Reads one.</param>
    /// <param name="asOf">The evaluation's instant, or null for the greatest that the input knows.</param>
    /// <param name="progress">Told how many are read.</param>
    /// <returns>The evaluation's instant.</returns>
    public DateTimeOffset Gather(IReadOnlyList<DeliveryPlace> places, DeliveryReader reader, DateTimeOffset? asOf, Action<int> progress)
    {
        var chunk = new Delivery[Math.Min(ChunkSize, places.Count)];
        for (int start = 0; start < places.Count; start += ChunkSize)
        {
            int from = start;
            int count = Math.Min(ChunkSize, places.Count - start);
            Parallel.ForEach(Partitioner.Create(0, count, 64), range =>
            {
                for (int i = range.Item1; i < range.Item2; i++)
                {
                    chunk[i] = reader.Read(places[from + i]);
                }
            });
            for (int i = 0; i < count; i++)
            {
                Fold(chunk[i], asOf);
            }

            progress(count);
        }

        NotificationEntry[] sorted = [.. _entries.Values];
        _entries.Clear();
        Array.Sort(sorted, (a, b) => a.Key.CompareTo(b.Key));
        Notifications = sorted;
        DateTimeOffset instant = asOf ?? _latestReceipt ?? LatestSourceTime();
        Stamp(instant);
        return instant;
    }

    private void Fold(Delivery delivery, DateTimeOffset? asOf)
    {
        switch (delivery)
        {
            case Delivery.OfUnknownFormat unknown:
                _unknownFormats.Add(unknown.Name);
                break;
            case Delivery.Read read when read.ReceivedAt > asOf:
                LeftOut++;
                break;
            case Delivery.Read read:
                if (read.ReceivedAt is { } at && !(_latestReceipt >= at))
                {
                    _latestReceipt = at;
                }

                if (_entries.TryGetValue(read.Key, out NotificationEntry? known))
                {
                    known.Add(read);
                }
                else
                {
                    _entries.Add(read.Key, new NotificationEntry(read.Key, read));
                }

                break;
        }
    }

    /// <summary>The greatest source time of any observation; the beginning of time where there is none, and so no ledger.</summary>
    private DateTimeOffset LatestSourceTime()
    {
        DateTimeOffset latest = DateTimeOffset.UnixEpoch;
        foreach (NotificationEntry entry in Notifications)
        {
            foreach (NormalisedItem item in entry.Items)
            {
                latest = item is NormalisedItem.Observed { Observation.Revision.Time: { } time } && time > latest ? time : latest;
            }
        }

        return latest;
    }

    /// <summary>Extraction is when a notification was first received; where nobody says when, the evaluation's instant.</summary>
    private void Stamp(DateTimeOffset asOf)
    {
        foreach (NotificationEntry entry in Notifications)
        {
            DateTimeOffset extracted = entry.Earliest ?? asOf;
            for (int i = 0; i < entry.Items.Length; i++)
            {
                if (entry.Items[i] is NormalisedItem.Observed { Observation: { } observation } && observation.Lineage.ExtractedAt != extracted)
                {
                    entry.Items[i] = new NormalisedItem.Observed(
                        observation with { Lineage = observation.Lineage with { ExtractedAt = extracted } });
                }
            }
        }
    }
}
