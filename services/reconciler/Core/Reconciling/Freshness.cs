using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>
/// Ageing, measured from when the source instance was last heard: a quiet release doesn't go stale because nobody
/// touched it.
/// </summary>
internal static class Freshness
{
    /// <summary>When the first of the authority's instances went past the window; null while all count.</summary>
    internal static DateTimeOffset? ExpiredAt(
        FieldPolicy policy, List<Candidate> authority, TupleEvidence evidence, DateTimeOffset asOf) =>
        ExpiresAt(policy, authority, evidence) is { } expiry && expiry <= asOf ? expiry : null;

    /// <summary>
    /// When the authority's value goes stale, unless the instance is heard again that was silent longest; null for never.
    /// One live cluster doesn't keep another's silence fresh.
    /// </summary>
    internal static DateTimeOffset? ExpiresAt(FieldPolicy policy, IEnumerable<Candidate> authority, TupleEvidence evidence)
    {
        DateTimeOffset? first = null;
        foreach (DateTimeOffset expiry in ExpiriesOf(policy, authority, evidence))
        {
            first = first <= expiry ? first : expiry;
        }

        return first;
    }

    /// <summary>When each candidate's instance goes past the window: from then on the ledger names that instance as silent.</summary>
    internal static IEnumerable<DateTimeOffset> ExpiriesOf(FieldPolicy policy, IEnumerable<Candidate> authority, TupleEvidence evidence)
    {
        if (policy.Freshness is not { } window)
        {
            yield break;
        }

        foreach (Candidate candidate in authority)
        {
            SourceRecord record = candidate.Observation.Record;
            if (evidence.Watermarks.TryGetValue((record.Source, record.Instance), out DateTimeOffset watermark)
                && Instants.Later(watermark, window) is { } expiry)
            {
                yield return expiry;
            }
        }
    }
}
