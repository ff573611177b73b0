using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>
/// Whether the approved snapshot binds the digest that it names: the authoritative digest, with a fingerprint that a
/// ledger entry about it has, and an approval that is new with the digest and not older than its first ledger write.
/// </summary>
internal static class SnapshotBinding
{
    /// <summary>Adds <see cref="HoldReason.SnapshotBindingMismatch"/> where the binding fails.</summary>
    internal static void Judge(FieldDraft draft, CurrentView view, Policy policy, DigestVerdict? verdict)
    {
        if (draft.Field is Field.CertificateFingerprint)
        {
            if (verdict?.Digest is null && view.Snapshots.Exists(s => FingerprintUnknown(s, view, out _)))
            {
                draft.Pending.Add(HoldReason.SnapshotBindingMismatch);
            }

            return;
        }

        if (draft.Field is not (Field.ApprovedTuple or Field.ApprovalTime))
        {
            return;
        }

        foreach (RecordVersion snapshot in view.Snapshots)
        {
            if (view.IsAuthoritative(snapshot.Last))
            {
                JudgeOne(draft, snapshot, view, policy, verdict);
            }
        }
    }

    private static void JudgeOne(FieldDraft draft, RecordVersion snapshot, CurrentView view, Policy policy, DigestVerdict? verdict)
    {
        if (Gathering.ApprovedDigest(snapshot) is not { } approved)
        {
            return;
        }

        int before = draft.Reasons.Count;
        Digest? authoritative = verdict?.Digest;
        if (authoritative is { } digest && digest != approved)
        {
            Mismatch(draft, Field.ApprovedTuple, ReleasePredicate.NewerRevisionNames, digest.Text);
        }

        DateTimeOffset? firstWrite = FirstWrite(view, approved);
        if (FingerprintUnknown(snapshot, view, out DateTimeOffset? entriesSince))
        {
            Mismatch(draft, Field.CertificateFingerprint, ReleasePredicate.MatchesLedgerEntry, null);
        }

        if (IsApprovalCarriedOver(snapshot, view) || (policy.ApprovalBinds == ApprovalBinding.Tuple && Precedes(snapshot, firstWrite)))
        {
            Mismatch(draft, Field.ApprovalTime, ReleasePredicate.LaterApproval, null);
        }

        if (draft.Reasons.Count > before || draft.Reasons.Contains(HoldReason.SnapshotBindingMismatch))
        {
            draft.SinceAlso(snapshot.First.Revision.Time);
            draft.SinceAlso(entriesSince ?? firstWrite);
            draft.SinceAlso(authoritative is null ? null : view.NamedSince(authoritative.Value));
        }
    }

    private static void Mismatch(FieldDraft draft, Field field, ReleasePredicate predicate, string? value)
    {
        draft.Refuse(HoldReason.SnapshotBindingMismatch);
        draft.ReleaseWhen.Add(new ReleaseCondition(Source.ChangeSnapshot, field, predicate, value));
        draft.MarkAll(draft.Candidates.FindAll(c => c.Counts), CandidateOutcome.Contested, Whys.NotBound);
    }

    /// <summary>The snapshot names a fingerprint that no current entry about its digest has, though there are entries.</summary>
    internal static bool FingerprintUnknown(RecordVersion snapshot, CurrentView view, out DateTimeOffset? entriesSince)
    {
        entriesSince = null;
        if (snapshot.Read(Field.CertificateFingerprint)?.Reading.Single is not { } fingerprint
            || Gathering.ApprovedDigest(snapshot) is not { } approved)
        {
            return false;
        }

        bool any = false;
        foreach ((RecordVersion entry, Digest covered) in view.Entries)
        {
            if (covered != approved)
            {
                continue;
            }

            any = true;
            entriesSince = Later(entriesSince, entry.First.Revision.Time);
            if (entry.Read(Field.CertificateFingerprint)?.Reading.Values.Contains(fingerprint) == true)
            {
                entriesSince = null;
                return false;
            }
        }

        return any;
    }

    private static bool IsApprovalCarriedOver(RecordVersion snapshot, CurrentView view)
    {
        string? approvedAt = snapshot.Read(Field.ApprovalTime)?.Reading.Single;
        string? digest = snapshot.Read(Field.ManifestDigest)?.Reading.Single;
        if (approvedAt is null || digest is null)
        {
            return false;
        }

        foreach (RecordHistory history in view.Evidence.Records)
        {
            if (history.Record == snapshot.Last.Record)
            {
                return history.CarriedApproval(approvedAt, digest);
            }
        }

        return false;
    }

    private static bool Precedes(RecordVersion snapshot, DateTimeOffset? firstWrite) =>
        snapshot.Read(Field.ApprovalTime)?.Reading.Single is { } text
        && Instants.TryParse(text, out DateTimeOffset approvedAt) && approvedAt < firstWrite;

    private static DateTimeOffset? FirstWrite(CurrentView view, Digest digest)
    {
        DateTimeOffset? first = null;
        foreach ((RecordVersion entry, Digest covered) in view.Entries)
        {
            if (covered == digest && entry.First.Revision.Time is { } written && !(first <= written))
            {
                first = written;
            }
        }

        return first;
    }

    private static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset? b) => a >= b ? a : b ?? a;
}
