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
    internal static DateTimeOffset? ExpiresAt(FieldPolicy policy, IReadOnlyList<Candidate> authority, TupleEvidence evidence)
    {
        if (policy.Freshness is not { } window)
        {
            return null;
        }

        DateTimeOffset? heard = null;
        foreach (Candidate candidate in authority)
        {
            SourceRecord record = candidate.Observation.Record;
            if (evidence.Watermarks.TryGetValue((record.Source, record.Instance), out DateTimeOffset watermark) && !(heard <= watermark))
            {
                heard = watermark;
            }
        }

        return Instants.Later(heard, window);
    }
}
