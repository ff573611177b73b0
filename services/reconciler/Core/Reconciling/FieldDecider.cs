using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>Decides one field of one tuple at one instant, by the policy's rules alone.</summary>
internal sealed partial class FieldDecider(CurrentView view, Policy policy, DateTimeOffset asOf, bool settled = false)
{
    /// <summary>
    /// The same, as if every allowance were over: what would follow from a decision doesn't change by waiting, so that no
    /// instant has to be kept at which it would.
    /// </summary>
    internal FieldDecider Settled() => new(view, policy, asOf, settled: true);

    /// <summary>The entry of a field, given where the manifest digest stands (null for the digest itself).</summary>
    internal FieldEntry Decide(Field field, DigestVerdict? verdict)
    {
        FieldPolicy fieldPolicy = policy.For(field);
        List<Candidate> candidates = Gathering.Candidates(field, view, fieldPolicy);
        bool depends = verdict is not null && FieldCatalogue.DependsOnDigest(field);
        if (FieldCatalogue.IsSignatureLineage(field) && verdict is not null)
        {
            candidates.RemoveAll(c => c.Source == Source.SignatureLedger && !(c.About is { } about && verdict.InPlay.Contains(about)));
        }

        if (depends && verdict!.Digest is { } digest)
        {
            SetApart(candidates, digest, field);
        }

        var draft = new FieldDraft(field, fieldPolicy, candidates);
        if (PinOf(field, candidates) is { } pin)
        {
            return Pinned(draft, pin);
        }

        return depends && verdict!.Blocks ? Depending(draft, verdict) : OnItsOwn(draft, verdict);
    }

    /// <summary>Candidates about another digest are kept in sight but not compared: never a chimera.</summary>
    private void SetApart(List<Candidate> candidates, Digest digest, Field field)
    {
        bool snapshotOwn = field is Field.ApprovedTuple or Field.ApprovalTime;
        foreach (Candidate candidate in candidates)
        {
            bool other = candidate.Counts && !snapshotOwn && candidate.About is { } about && about != digest
                && !(candidate.Source == Source.RuntimeValidation && view.IsChild(digest, about));
            if (other)
            {
                candidate.Outcome = CandidateOutcome.OtherDigest;
                candidate.Why = Whys.OtherDigest;
            }
        }
    }

    private Pin? PinOf(Field field, List<Candidate> candidates)
    {
        Pin? latest = null;
        foreach (Pin pin in view.Evidence.Pins)
        {
            if (pin.Field == field && (latest is null || pin.Sequence > latest.Sequence))
            {
                latest = pin;
            }
        }

        return latest is not null && asOf < latest.ExpiresAt && latest.CandidateSet == CandidateSets.HashOf(candidates) ? latest : null;
    }

    /// <summary>A field that depends on a digest without a value shares the digest's fate, and keeps its own reasons in sight.</summary>
    private FieldEntry Depending(FieldDraft draft, DigestVerdict verdict)
    {
        if (draft.Candidates.Count == 0)
        {
            return Entry(draft, FieldState.Missing, null);
        }

        SnapshotBinding.Judge(draft, view, policy, verdict);
        List<Candidate> counting = draft.Candidates.FindAll(c => c.Counts);
        switch (verdict.State)
        {
            case FieldState.Held:
                draft.MarkAll(counting, CandidateOutcome.Contested, Whys.RootHeld);
                draft.ReleaseWhen.Add(new ReleaseCondition(
                    policy.For(Field.ManifestDigest).Authority, Field.ManifestDigest, ReleasePredicate.RootReleased));

                // It settled with its root: the end of its own allowance changes nothing, and is no transition.
                return HeldEntry(draft, verdict.Hold) with { DifferSince = null };
            case FieldState.Converging:
                draft.MarkAll(counting, CandidateOutcome.Contested, Whys.Converging);
                return Entry(draft, FieldState.Converging, null) with { SettlesAt = verdict.SettlesAt };
            default:
                draft.MarkAll(counting, CandidateOutcome.Contested, Whys.RootOpen);
                return Entry(draft, verdict.State, null);
        }
    }

    private FieldEntry OnItsOwn(FieldDraft draft, DigestVerdict? verdict)
    {
        JudgeSkew(draft);
        if (draft.Field == Field.ObservationTime && draft.Authority.Count > 0)
        {
            return Latest(draft);
        }

        if (draft.Authority.Count == 0 && draft.Reasons.Count == 0)
        {
            return WithoutAuthority(draft, verdict);
        }

        bool contradictsItself = JudgeAuthority(draft);
        if (!contradictsItself && draft.Authority.Count > 0)
        {
            Compare(draft, verdict);
        }

        bool differs = draft.Others.Exists(c => c.Outcome is CandidateOutcome.Contested or CandidateOutcome.Lost);
        if (StaleSince(draft) is not null)
        {
            if (!differs && draft.Reasons.Count == 0)
            {
                draft.MarkAll(draft.Authority, CandidateOutcome.Contested, Whys.OtherStale);
                draft.MarkAll(Silent(draft), CandidateOutcome.Contested, Whys.Stale);
                return Entry(draft, FieldState.Stale, null);
            }

            draft.Refuse(HoldReason.AuthorityStale);
            draft.MarkAll(Silent(draft), CandidateOutcome.Contested, Whys.Stale);
        }

        SnapshotBinding.Judge(draft, view, policy, verdict);
        RuntimeLink.Judge(draft, view);
        return Settle(draft, differs);
    }

    private void JudgeSkew(FieldDraft draft)
    {
        foreach (Candidate candidate in draft.Candidates)
        {
            bool speaks = candidate.Outcome == CandidateOutcome.Skewed && candidate.Source == draft.Policy.Authority
                && candidate.FromAuthoritativeInstance;
            if (speaks && !draft.Authority.Exists(a => Content.SameValues(a.Values, candidate.Values)))
            {
                draft.Refuse(HoldReason.ClockSkew);
            }
        }
    }

    /// <summary>Of observation times the latest counts; an earlier one is no contradiction.</summary>
    private FieldEntry Latest(FieldDraft draft)
    {
        Candidate latest = draft.Authority[0];
        foreach (Candidate candidate in draft.Authority)
        {
            latest = Instants.Compare(candidate.Values, latest.Values) > 0 ? candidate : latest;
        }

        bool several = draft.Authority.Exists(c => !Content.SameValues(c.Values, latest.Values));
        draft.MarkAll(draft.Authority, CandidateOutcome.Lost, Whys.Earlier);
        draft.MarkAll(draft.Authority.FindAll(c => Content.SameValues(c.Values, latest.Values)), CandidateOutcome.Authoritative, Whys.Latest);
        draft.Rule = several ? "latest-observation" : null;
        return draft.Reasons.Count > 0
            ? HeldEntry(draft, null)
            : Entry(draft, several ? FieldState.Precedence : FieldState.Agreed, latest.Values);
    }

    private FieldEntry WithoutAuthority(FieldDraft draft, DigestVerdict? verdict)
    {
        bool unsigned = FieldCatalogue.IsSignatureLineage(draft.Field)
            && verdict?.Digest is { } digest && !view.IsSigned(digest);
        if (draft.Others.Count == 0 && !unsigned)
        {
            bool unreadable = draft.Candidates.Exists(c => c.Outcome == CandidateOutcome.Unreadable && c.Source == draft.Policy.Authority);
            return Entry(draft, unreadable ? FieldState.Unreadable : FieldState.Missing, null);
        }

        if (unsigned)
        {
            draft.SinceAlso(view.NamedSince(verdict!.Digest!.Value));
        }

        draft.MarkAll(draft.Others, CandidateOutcome.Contested, Whys.AuthorityMissing);
        bool lineageRoot = unsigned && draft.Field == Field.SignatureEnvelopeId;
        DateTimeOffset? settles = SettlesAt(draft);
        if (settles is not null)
        {
            return Entry(draft, FieldState.Converging, null) with { SettlesAt = settles };
        }

        if (draft.Others.Count == 0 && !lineageRoot)
        {
            return Entry(draft, FieldState.Missing, null);
        }

        draft.Refuse(HoldReason.AuthorityMissing);
        return HeldEntry(draft, null);
    }

    /// <summary>Several current values of an authority that may have one: its revisions or instances can't be told apart.</summary>
    private bool JudgeAuthority(FieldDraft draft)
    {
        if (FieldCatalogue.IsSet(draft.Field) || draft.Field == Field.ObservedEnvelopeId
            || (draft.Field == Field.ObservedDigest && IsOneImage(draft.Authority))
            || draft.Authority.TrueForAll(c => Content.SameValues(c.Values, draft.Authority[0].Values)))
        {
            return false;
        }

        draft.MarkAll(draft.Authority, CandidateOutcome.Contested, Whys.SelfConflict);
        draft.Refuse(HoldReason.AuthorityConflict);
        return true;
    }

    /// <summary>Clusters that report an index, or the manifests that their platforms run of it, run the same.</summary>
    private bool IsOneImage(List<Candidate> candidates)
    {
        var digests = new HashSet<Digest>();
        foreach (Candidate candidate in candidates)
        {
            if (candidate.Values is not [var text] || !Digest.TryParse(text, out Digest digest))
            {
                return false;
            }

            digests.Add(digest);
        }

        return digests.Count > 1 && view.AreOneImage(digests);
    }

    /// <summary>Each source that differs takes the first rule that matches it; without one, nobody may choose (I4).</summary>
    private void Compare(FieldDraft draft, DigestVerdict? verdict)
    {
        IReadOnlyList<string> value = draft.AuthorityValue();
        bool set = FieldCatalogue.IsSet(draft.Field);
        Digest? premise = verdict is null && value is [var text] && Digest.TryParse(text, out Digest own) ? own : verdict?.Digest;
        bool signed = premise is { } digest && view.IsSigned(digest);
        draft.MarkAll(draft.Authority, CandidateOutcome.Authoritative, Whys.Authority);
        int decidedBy = int.MaxValue;
        foreach (Candidate candidate in draft.Others)
        {
            if (Agreement.Judge(candidate, value, set, view))
            {
                continue;
            }

            int index = RuleFor(draft.Policy, candidate.Source, signed);
            DisagreementRule? rule = index < 0 ? null : draft.Policy.Disagreements[index];
            if (rule is { Hold: null })
            {
                candidate.Outcome = CandidateOutcome.Lost;
                candidate.Why = Whys.LostTo(rule.Name);
                if (rule.Write && draft.Policy.WriteTargets.Contains(candidate.Source))
                {
                    draft.Corrects.Add(candidate);
                }
            }
            else
            {
                candidate.Outcome = CandidateOutcome.Contested;
                candidate.Why = rule is null ? Whys.Contested : Whys.HeldBy(rule.Name);
                draft.Refuse(rule?.Hold ?? HoldReason.NoRule);
            }

            decidedBy = rule is null ? decidedBy : Math.Min(decidedBy, index);
        }

        draft.Rule ??= decidedBy == int.MaxValue ? null : draft.Policy.Disagreements[decidedBy].Name;
    }

    private static int RuleFor(FieldPolicy policy, Source source, bool signed)
    {
        for (int i = 0; i < policy.Disagreements.Count; i++)
        {
            DisagreementRule rule = policy.Disagreements[i];
            if (rule.Differs.Contains(source) && (rule.Signed ?? signed) == signed)
            {
                return i;
            }
        }

        return -1;
    }

    private DateTimeOffset? StaleSince(FieldDraft draft) => Freshness.ExpiredAt(draft.Policy, draft.Authority, view.Evidence, asOf);

    private List<Candidate> Silent(FieldDraft draft) =>
        draft.Authority.FindAll(c => Freshness.ExpiredAt(draft.Policy, [c], view.Evidence, asOf) is not null);

    private FieldEntry Settle(FieldDraft draft, bool differs)
    {
        bool undecided = draft.Reasons.Count > 0 || differs;
        if (!undecided)
        {
            return Entry(draft, FieldState.Agreed, draft.AuthorityValue());
        }

        bool skewOnly = draft.Reasons.Count > 0 && draft.Reasons.All(r => r is HoldReason.ClockSkew or HoldReason.AuthorityStale);
        if (!skewOnly && SettlesAt(draft) is { } settles)
        {
            draft.MarkAll(draft.Candidates.FindAll(c => c.Counts), CandidateOutcome.Contested, Whys.Converging);
            return Entry(draft, FieldState.Converging, null) with { SettlesAt = settles };
        }

        return draft.Reasons.Count > 0
            ? HeldEntry(draft, null)
            : Entry(draft, FieldState.Precedence, draft.AuthorityValue()) with { Rule = draft.Rule, Corrects = draft.Corrects };
    }

    /// <summary>When the propagation allowance ends, if it hasn't.</summary>
    private DateTimeOffset? SettlesAt(FieldDraft draft) =>
        !settled && Instants.Later(draft.DifferSince(), draft.Policy.Allowance) is { } end && end > asOf ? end : null;
}
