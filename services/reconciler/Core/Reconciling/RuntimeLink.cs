using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>
/// Whether the envelope id that the runtime reports is one of an approved ledger entry: a current, selected entry about
/// the digest that the observation reports and that the approved snapshot, if any, names.
/// </summary>
internal static class RuntimeLink
{
    /// <summary>Adds <see cref="HoldReason.RuntimeUnlinked"/> where the link is missing.</summary>
    internal static void Judge(FieldDraft draft, CurrentView view)
    {
        if (draft.Field != Field.ObservedEnvelopeId)
        {
            return;
        }

        foreach (Candidate candidate in draft.Authority)
        {
            if (candidate.Values.Count == 0)
            {
                continue;
            }

            List<string> approved = ApprovedIds(candidate.About, view);
            if (candidate.Values.All(approved.Contains))
            {
                continue;
            }

            if (Agreement.IsOtherEnvelopeKind(candidate.Values, approved))
            {
                candidate.Why = Whys.OtherEnvelopeKind;
                continue;
            }

            candidate.Outcome = CandidateOutcome.Contested;
            candidate.Why = Whys.Unlinked;
            draft.Refuse(HoldReason.RuntimeUnlinked);
            draft.ReleaseWhen.Add(new ReleaseCondition(
                Source.SignatureLedger, Field.SignatureEnvelopeId, ReleasePredicate.ApprovedEntryHas, candidate.Values[0]));
        }

        if (draft.Reasons.Contains(HoldReason.RuntimeUnlinked))
        {
            draft.ReleaseWhen.Add(new ReleaseCondition(
                Source.RuntimeValidation, Field.ObservedEnvelopeId, ReleasePredicate.ReportsLinkedId));
        }
    }

    private static List<string> ApprovedIds(Digest? observed, CurrentView view)
    {
        var ids = new List<string>();
        foreach ((RecordVersion entry, Digest covered) in view.Entries)
        {
            bool about = observed is { } digest && (covered == digest || view.IsChild(covered, digest));
            if (about && IsApproved(covered, view) && entry.Read(Field.SignatureEnvelopeId) is { } envelope)
            {
                ids.AddRange(envelope.Reading.Values);
            }
        }

        return ids;
    }

    private static bool IsApproved(Digest digest, CurrentView view)
    {
        foreach (RecordVersion snapshot in view.Snapshots)
        {
            if (view.IsAuthoritative(snapshot.Last) && Gathering.ApprovedDigest(snapshot) is { } approved && approved != digest)
            {
                return false;
            }
        }

        return true;
    }
}
