using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>Whether a confirmer says what the authority says.</summary>
internal static class Agreement
{
    private static readonly string[] EnvelopeKinds = ["rekor:", "dsse-sha256:", "signature-sha256:", "manifest:"];

    /// <summary>
    /// Marks a candidate that agrees, is equivalent or can't be compared, and says so; a candidate that differs is left
    /// as it is.
    /// </summary>
    internal static bool Judge(Candidate candidate, IReadOnlyList<string> authority, bool set, CurrentView view)
    {
        if (Content.SameValues(candidate.Values, authority))
        {
            Mark(candidate, CandidateOutcome.Agrees, Whys.Agrees);
            return true;
        }

        if (set && candidate.Values.Count > 0 && candidate.Values.All(authority.Contains))
        {
            Mark(candidate, CandidateOutcome.Agrees, Whys.Member);
            return true;
        }

        if (IsObservedChild(candidate, authority, view))
        {
            Mark(candidate, CandidateOutcome.Equivalent, Whys.Equivalent);
            return true;
        }

        if (set && IsOtherEnvelopeKind(candidate.Values, authority))
        {
            Mark(candidate, CandidateOutcome.Incomparable, Whys.OtherEnvelopeKind);
            return true;
        }

        return false;
    }

    /// <summary>Envelope ids are compared within their kind; an id without a known kind is compared with all.</summary>
    internal static bool IsOtherEnvelopeKind(IReadOnlyList<string> ids, IReadOnlyList<string> known)
    {
        if (ids.Count == 0 || known.Count == 0)
        {
            return false;
        }

        return ids.All(id => KindOf(id) is { } kind && !known.Any(k => KindOf(k) is not { } other || other == kind));
    }

    private static string? KindOf(string id) => Array.Find(EnvelopeKinds, k => id.StartsWith(k, StringComparison.Ordinal));

    private static bool IsObservedChild(Candidate candidate, IReadOnlyList<string> authority, CurrentView view) =>
        candidate.Source == Source.RuntimeValidation
        && candidate.Values is [var observed] && authority is [var named]
        && Digest.TryParse(observed, out Digest child) && Digest.TryParse(named, out Digest parent)
        && view.IsChild(parent, child);

    private static void Mark(Candidate candidate, CandidateOutcome outcome, string why)
    {
        candidate.Outcome = outcome;
        candidate.Why = why;
    }
}
