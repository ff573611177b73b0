using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>
/// What would follow if one or the other digest came to be authoritative: worked out by the same rules, one digest at a
/// time, never mixed.
/// </summary>
internal static class Alternatives
{
    private static readonly Field[] Consequences = [.. Enum.GetValues<Field>().Where(FieldCatalogue.DependsOnDigest)];

    internal static IReadOnlyList<Alternative> Of(FieldEntry digest, DigestVerdict verdict, CurrentView view, FieldDecider decider)
    {
        var alternatives = new List<Alternative>();
        FieldDecider settled = decider.Settled();
        foreach (IGrouping<string, Candidate> value in digest.Candidates
            .Where(c => c.Counts && c.Values.Count == 1)
            .GroupBy(c => c.Values[0], StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            if (Digest.TryParse(value.Key, out Digest assumed))
            {
                alternatives.Add(Assume(assumed, [.. value], verdict, view, settled));
            }
        }

        return alternatives;
    }

    private static Alternative Assume(
        Digest digest, IReadOnlyList<Candidate> speakers, DigestVerdict verdict, CurrentView view, FieldDecider decider)
    {
        DigestVerdict assumed = verdict.Assuming(digest);
        var needs = new SortedSet<AlternativeNeed>();
        var writes = new List<ProposedWrite>();
        foreach (Field field in Consequences)
        {
            FieldEntry entry = decider.Decide(field, assumed);
            bool ambiguous = ProposedWrites.Add(entry, writes);
            if (ambiguous)
            {
                needs.Add(AlternativeNeed.ChosenValue);
            }

            bool unbound = field is Field.ApprovedTuple or Field.ApprovalTime && entry.State is FieldState.Held or FieldState.Converging;
            if (unbound)
            {
                needs.Add(AlternativeNeed.ReApproval);
            }
        }

        if (!speakers.Any(c => c.Source == Source.ArtifactRegistry && c.FromAuthoritativeInstance))
        {
            needs.Add(AlternativeNeed.RegistryPromotion);
        }

        if (!view.IsSigned(digest))
        {
            needs.Add(AlternativeNeed.LedgerEntry);
        }

        if (view.Claims.Exists(c => c.Subject.Digest != digest))
        {
            needs.Add(AlternativeNeed.ClaimChange);
        }

        if (view.Runtime.Count > 0 && !speakers.Any(c => c.Source == Source.RuntimeValidation))
        {
            needs.Add(AlternativeNeed.Rollout);
        }

        return new Alternative([digest.Text], [.. speakers.Select(c => c.Source).Distinct().Order()], [.. needs], writes);
    }
}
