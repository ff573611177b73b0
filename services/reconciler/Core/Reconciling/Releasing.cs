using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>What evidence would release a hold, reason by reason.</summary>
internal static class Releasing
{
    internal static void Conditions(FieldDraft draft, CurrentView view)
    {
        foreach (HoldReason reason in draft.Reasons)
        {
            Add(draft, view, reason);
        }

        List<ReleaseCondition> distinct = [.. draft.ReleaseWhen.Distinct()
            .OrderBy(c => c.Source).ThenBy(c => c.Field).ThenBy(c => c.Predicate).ThenBy(c => c.Value, StringComparer.Ordinal)];
        draft.ReleaseWhen.Clear();
        draft.ReleaseWhen.AddRange(distinct);
    }

    /// <summary>The distinct values of a held field, with who says each.</summary>
    internal static IReadOnlyList<Alternative> ByValue(FieldDraft draft) =>
    [
        .. draft.Candidates
            .Where(c => c.Counts)
            .GroupBy(c => string.Join('\n', c.Values), StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new Alternative(g.First().Values, [.. g.Select(c => c.Source).Distinct().Order()], [], [])),
    ];

    private static void Add(FieldDraft draft, CurrentView view, HoldReason reason)
    {
        Source authority = draft.Policy.Authority;
        switch (reason)
        {
            case HoldReason.DigestIdentityConflict:
                DigestConflict(draft, view);
                break;
            case HoldReason.ClockSkew:
                draft.ReleaseWhen.Add(new(authority, draft.Field, ReleasePredicate.UnskewedRevision));
                break;
            case HoldReason.AuthorityConflict:
                draft.ReleaseWhen.Add(new(authority, draft.Field, ReleasePredicate.SingleRevisionRemains));
                Pin(draft);
                break;
            case HoldReason.AuthorityMissing when draft.Others.Count == 0:
                draft.ReleaseWhen.Add(new(authority, draft.Field, ReleasePredicate.EntryAbout));
                break;
            case HoldReason.AuthorityMissing:
                draft.ReleaseWhen.Add(new(authority, draft.Field, ReleasePredicate.RecordArrives));
                Pin(draft);
                break;
            case HoldReason.AuthorityStale:
                draft.ReleaseWhen.Add(new(authority, draft.Field, ReleasePredicate.SourceHeardAgain));
                break;
            case HoldReason.NoRule:
                draft.ReleaseWhen.Add(new(null, draft.Field, ReleasePredicate.SourcesAgree));
                Pin(draft);
                break;
        }
    }

    /// <summary>
    /// A newer registry revision to what the others say; or, for the registry's own value, a later claim for it, or the
    /// contrary claim withdrawn, or an entry about it where none signs it.
    /// </summary>
    private static void DigestConflict(FieldDraft draft, CurrentView view)
    {
        Source authority = draft.Policy.Authority;
        IReadOnlyList<string> own = draft.AuthorityValue();
        foreach (Candidate other in draft.Others)
        {
            if (other.Values is not [var value] || Content.SameValues(other.Values, own))
            {
                continue;
            }

            draft.ReleaseWhen.Add(new(authority, draft.Field, ReleasePredicate.NewerRevisionNames, value));
            if (other.Source == Source.SignatureLedger)
            {
                draft.ReleaseWhen.Add(new(Source.SignatureLedger, draft.Field, ReleasePredicate.ClaimWithdrawn, value));
            }
        }

        if (own is [var registry] && Digest.TryParse(registry, out Digest digest))
        {
            bool claimed = draft.Others.Exists(c => c.Source == Source.SignatureLedger);
            draft.ReleaseWhen.Add(claimed
                ? new(Source.SignatureLedger, draft.Field, ReleasePredicate.LaterClaimNames, registry)
                : new(Source.SignatureLedger, Field.SignatureEnvelopeId, ReleasePredicate.EntryAbout, view.IsSigned(digest) ? null : registry));
        }

        Pin(draft);
    }

    private static void Pin(FieldDraft draft) =>
        draft.ReleaseWhen.Add(new(null, draft.Field, ReleasePredicate.StewardPin));
}
