using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>
/// A source instance whose word can't be taken until it is asked again: an <c>authority-conflict</c> opened between its
/// revisions, or between it and another instance of its source.
/// </summary>
/// <param name="Source">Which kind of source.</param>
/// <param name="Instance">The instance, as its records name it.</param>
/// <param name="Record">The record in doubt; null where there are several, and whatever is new is to be read.</param>
internal sealed record DoubtedInstance(Source Source, string Instance, string? Record)
{
    /// <summary>The instances of the conflicts among the holds that opened; in a fixed order, each once.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="opened">The ids of the holds that were not there before.</param>
    public static IReadOnlyList<DoubtedInstance> Of(Ledger ledger, IReadOnlyCollection<string> opened) =>
    [
        .. ledger.Fields
            .Where(f => f.Hold is { Reason: HoldReason.AuthorityConflict, Root: null } hold && opened.Contains(hold.Id))
            .SelectMany(f => f.Candidates.Where(c => c.Source == f.Policy.Authority && c.FromAuthoritativeInstance && c.Outcome == CandidateOutcome.Contested))
            .Select(c => c.Observation.Record)
            .GroupBy(r => (r.Source, r.Instance), r => r.Id)
            .OrderBy(g => g.Key.Source).ThenBy(g => g.Key.Instance, StringComparer.Ordinal)
            .Select(g => new DoubtedInstance(g.Key.Source, g.Key.Instance, g.Distinct().Count() == 1 ? g.First() : null)),
    ];
}
