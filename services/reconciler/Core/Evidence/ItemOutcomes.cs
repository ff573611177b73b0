using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>How observations end (invariant I7): a function of the whole evidence, never of arrival.</summary>
public static class ItemOutcomes
{
    /// <summary>
    /// The outcome of each observation of one record, in their order: duplicate if another one said the same at the same
    /// revision and was extracted before (or stands before it in the list, where one is listed twice); unbound if
    /// no tuple anchors what it names; superseded if it doesn't count now; applied else. Null for an observation that a later
    /// mapping of the same item replaced: that one stands for the item.
    /// </summary>
    /// <param name="observations">All observations of the record.</param>
    /// <param name="history">What the record says now, from the same observations.</param>
    /// <param name="isBound">Whether an observation is bound to a tuple (<see cref="EvidenceBase.IsBound"/>).</param>
    public static IReadOnlyList<ItemOutcome?> Of(
        IReadOnlyList<Observation> observations, RecordHistory history, Func<Observation, bool> isBound)
    {
        HashSet<Observation> standing = new(RecordHistory.LatestMappings(observations), ReferenceEqualityComparer.Instance);
        var kept = new Dictionary<(string, Revision), int>(observations.Count);
        for (int i = 0; i < observations.Count; i++)
        {
            Observation observation = observations[i];
            (string, Revision) point = (Content.KeyOf(observation), observation.Revision);
            if (standing.Contains(observation)
                && (!kept.TryGetValue(point, out int first)
                    || LineageOrder.Compare(observation.Lineage, observations[first].Lineage) < 0))
            {
                kept[point] = i;
            }
        }

        HashSet<int> firsts = [.. kept.Values];
        var outcomes = new ItemOutcome?[observations.Count];
        for (int i = 0; i < outcomes.Length; i++)
        {
            outcomes[i] = !standing.Contains(observations[i]) ? null
                : !firsts.Contains(i) ? ItemOutcome.Duplicate
                : !isBound(observations[i]) ? ItemOutcome.Unbound
                : history.Counts(observations[i]) ? ItemOutcome.Applied
                : ItemOutcome.Superseded;
        }

        return outcomes;
    }
}
