using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>One field on its way to a state: what speaks, what differs, and which reasons refuse a choice.</summary>
internal sealed class FieldDraft(Field field, FieldPolicy policy, List<Candidate> candidates)
{
    private readonly SortedSet<HoldReason> _reasons = [];
    private DateTimeOffset? _ownSince;

    internal Field Field { get; } = field;

    internal FieldPolicy Policy { get; } = policy;

    internal List<Candidate> Candidates { get; } = candidates;

    /// <summary>What the authority says; empty when it is silent.</summary>
    internal List<Candidate> Authority { get; } = candidates.FindAll(c =>
        c.Counts && c.Source == policy.Authority && c.FromAuthoritativeInstance);

    /// <summary>What others say: confirmers, and other instances of the authority.</summary>
    internal List<Candidate> Others { get; } = candidates.FindAll(c =>
        c.Counts && !(c.Source == policy.Authority && c.FromAuthoritativeInstance));

    internal IReadOnlyCollection<HoldReason> Reasons => _reasons;

    /// <summary>Reasons that would follow if the root were decided otherwise; named after the root.</summary>
    internal List<HoldReason> Pending { get; } = [];

    internal string? Rule { get; set; }

    internal List<Candidate> Corrects { get; } = [];

    internal List<ReleaseCondition> ReleaseWhen { get; } = [];

    /// <summary>The authority's value: of a set, all records' values together.</summary>
    internal IReadOnlyList<string> AuthorityValue()
    {
        if (Authority.Count == 1)
        {
            return Authority[0].Values;
        }

        var union = new SortedSet<string>(StringComparer.Ordinal);
        foreach (Candidate candidate in Authority)
        {
            union.UnionWith(candidate.Values);
        }

        return [.. union];
    }

    internal void Refuse(HoldReason reason, string? rule = null)
    {
        _reasons.Add(reason);
        Rule ??= rule;
    }

    /// <summary>Counts the allowance from this instant too, when a rule looks beyond the field's own candidates.</summary>
    internal void SinceAlso(DateTimeOffset? instant)
    {
        if (instant is not null && !(_ownSince >= instant))
        {
            _ownSince = instant;
        }
    }

    /// <summary>t0: the greatest first source time among the distinct current values.</summary>
    internal DateTimeOffset? DifferSince()
    {
        DateTimeOffset? since = _ownSince;
        foreach (Candidate candidate in Candidates)
        {
            if (candidate.Counts && FirstTimeOf(candidate) is { } first && !(since >= first))
            {
                since = first;
            }
        }

        return since;
    }

    internal void MarkAll(List<Candidate> those, CandidateOutcome outcome, string why)
    {
        foreach (Candidate candidate in those)
        {
            candidate.Outcome = outcome;
            candidate.Why = why;
        }
    }

    /// <summary>The first time at which anyone said the candidate's value.</summary>
    private DateTimeOffset? FirstTimeOf(Candidate candidate)
    {
        DateTimeOffset? first = candidate.Observation.Revision.Time;
        foreach (Candidate other in Candidates)
        {
            if (other.Counts && other.Observation.Revision.Time is { } time && time < first
                && Content.SameValues(other.Values, candidate.Values))
            {
                first = time;
            }
        }

        return first;
    }
}
