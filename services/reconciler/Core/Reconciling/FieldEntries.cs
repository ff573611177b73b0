using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>Entries from drafts.</summary>
internal sealed partial class FieldDecider
{
    private static FieldEntry Pinned(FieldDraft draft, Pin pin)
    {
        foreach (Candidate candidate in draft.Candidates.Where(c => c.Counts))
        {
            bool chosen = Content.SameValues(candidate.Values, pin.Values);
            candidate.Outcome = chosen ? CandidateOutcome.Authoritative : CandidateOutcome.Lost;
            candidate.Why = chosen ? Whys.Pinned : Whys.NotPinned;
        }

        return Entry(draft, FieldState.Precedence, pin.Values) with { Rule = "steward-pin" };
    }

    private FieldEntry HeldEntry(FieldDraft draft, HoldReason? root)
    {
        foreach (Candidate candidate in draft.Candidates.Where(c => c.Counts && c.Outcome is not CandidateOutcome.Contested))
        {
            candidate.Outcome = CandidateOutcome.Contested;
            candidate.Why = Whys.Contested;
        }

        List<HoldReason> reasons = [.. draft.Reasons];
        if (root is { } rootReason && !reasons.Contains(rootReason))
        {
            reasons.Add(rootReason);
        }

        reasons.AddRange(draft.Pending.Where(p => !reasons.Contains(p)));
        Releasing.Conditions(draft, view);
        var hold = new Hold
        {
            Field = draft.Field,
            Reason = reasons[0],
            AlsoReasons = reasons[1..],
            Root = root is { } r ? Hold.IdOf(Field.ManifestDigest, r) : null,
            ReleaseWhen = draft.ReleaseWhen,
            Alternatives = Releasing.ByValue(draft),
        };
        return Entry(draft, FieldState.Held, null) with { Rule = draft.Rule, Hold = hold };
    }

    private static FieldEntry Entry(FieldDraft draft, FieldState state, IReadOnlyList<string>? authoritative)
    {
        draft.Candidates.Sort(CandidateOrder.Compare);
        return new FieldEntry
        {
            Field = draft.Field,
            Policy = draft.Policy,
            State = state,
            Authoritative = authoritative,
            Rule = state == FieldState.Converging ? null : draft.Rule,
            Candidates = draft.Candidates,
            DifferSince = state is FieldState.Converging or FieldState.Held or FieldState.Precedence ? draft.DifferSince() : null,
        };
    }
}
