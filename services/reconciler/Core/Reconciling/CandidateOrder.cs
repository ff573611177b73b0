using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;

namespace ReleaseIntegrity.Core;

/// <summary>The published order of candidates: source, instance, record, revision, notification; then value and place.</summary>
internal static class CandidateOrder
{
    internal static int Compare(Candidate a, Candidate b)
    {
        SourceRecord x = a.Observation.Record;
        SourceRecord y = b.Observation.Record;
        int order = x.Source.CompareTo(y.Source);
        order = order != 0 ? order : string.CompareOrdinal(x.Instance, y.Instance);
        order = order != 0 ? order : string.CompareOrdinal(x.Id, y.Id);
        order = order != 0 ? order : string.CompareOrdinal(RevisionText(a.Observation.Revision), RevisionText(b.Observation.Revision));
        order = order != 0 ? order : string.CompareOrdinal(a.Observation.Lineage.NotificationSha256, b.Observation.Lineage.NotificationSha256);
        order = order != 0 ? order : a.Observation.Lineage.ItemIndex.CompareTo(b.Observation.Lineage.ItemIndex);
        order = order != 0 ? order : string.CompareOrdinal(a.About?.Text, b.About?.Text);
        return order != 0 ? order : string.CompareOrdinal(string.Join('\n', a.Values), string.Join('\n', b.Values));
    }

    /// <summary>A revision as documents write it: the counter, else the source time, else null.</summary>
    internal static string? RevisionText(Revision revision) =>
        revision.Counter ?? (revision.Time is { } time ? Instants.Text(time) : null);
}

/// <summary>Names candidate sets, so that a pin lapses when its set changes.</summary>
public static class CandidateSets
{
    /// <summary>
    /// Hash of the distinct values that may be chosen from, whoever says them. It is the same before and after a field is
    /// decided: deciding takes nobody out of the set.
    /// </summary>
    public static string HashOf(IEnumerable<Candidate> candidates) =>
        CandidateSet.HashOf(candidates.Where(c => CandidateSet.Has(WireNames.Of(c.Outcome))).Select(c => c.Values));
}
