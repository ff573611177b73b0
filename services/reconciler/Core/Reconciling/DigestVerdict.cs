using ReleaseIntegrity.Contracts;

namespace ReleaseIntegrity.Core;

/// <summary>Where the manifest digest stands: the premise of every field that depends on it.</summary>
/// <param name="State">The state of the field <c>manifest-digest</c>.</param>
/// <param name="Digest">The authoritative digest, or null.</param>
/// <param name="Hold">Its hold, or null.</param>
/// <param name="SettlesAt">When it settles, while it converges.</param>
/// <param name="InPlay">Every digest that a current candidate stands for.</param>
internal sealed record DigestVerdict(
    FieldState State, Digest? Digest, HoldReason? Hold, DateTimeOffset? SettlesAt, IReadOnlySet<Digest> InPlay)
{
    internal static DigestVerdict From(FieldEntry entry)
    {
        var inPlay = new HashSet<Digest>();
        foreach (Candidate candidate in entry.Candidates)
        {
            if (candidate is { Outcome: not CandidateOutcome.Withdrawn, Values: [var text] } && Contracts.Digest.TryParse(text, out Digest digest))
            {
                inPlay.Add(digest);
            }
        }

        Digest? authoritative = entry.Authoritative is [var value] && Contracts.Digest.TryParse(value, out Digest chosen) ? chosen : null;
        return new DigestVerdict(entry.State, authoritative, entry.Hold?.Reason ?? HeldReason(entry), entry.SettlesAt, inPlay);
    }

    /// <summary>The same evidence, as if the digest were authoritative: for working out alternatives.</summary>
    internal DigestVerdict Assuming(Digest digest) => this with { State = FieldState.Agreed, Digest = digest, Hold = null, SettlesAt = null };

    /// <summary>Whether a field that depends on the digest has to wait for it.</summary>
    internal bool Blocks => Digest is null && State is FieldState.Held or FieldState.Converging or FieldState.Stale or FieldState.Unreadable;

    private static HoldReason? HeldReason(FieldEntry entry) =>
        entry.State == FieldState.Held ? HoldReason.DigestIdentityConflict : null;
}
