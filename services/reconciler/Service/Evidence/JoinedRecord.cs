using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>A record to which observations came that were not known.</summary>
internal sealed class JoinedRecord(string recordKey, IReadOnlyList<Delivery> deliveries, long before)
{
    public string RecordKey { get; } = recordKey;

    /// <summary>The stored revision; 0 where there is none.</summary>
    public long Before { get; } = before;

    /// <summary>The stored revision afterwards: the one before, where the record says what it said.</summary>
    public long After { get; set; } = before;

    /// <summary>What the record said before; null where there was none.</summary>
    public RecordHistory? Known { get; set; }

    /// <summary>What it says now; null while it has to be made anew from all its observations.</summary>
    public RecordHistory? History { get; set; }

    /// <summary>The observations that are new.</summary>
    public IEnumerable<Observation> Added =>
        deliveries.Where(d => d.Arrival is Arrival.New or Arrival.Remapped).Select(d => d.Observation);

    /// <summary>The history with what came; null where the shortcut does not lead there.</summary>
    public RecordHistory? Joined(Policy policy)
    {
        RecordHistory? history = Known;
        foreach (Delivery delivery in deliveries)
        {
            Observation observation = delivery.Observation;
            if (delivery.Arrival != Arrival.New || delivery.ExtractedAt < observation.Lineage.ExtractedAt)
            {
                return null;
            }

            history = history is null ? RecordHistory.Of([observation], policy)
                : history.Repeats(observation) ? history
                : history.TryAppend(observation, policy);
            if (history is null)
            {
                return null;
            }
        }

        return history;
    }
}
