using ReleaseIntegrity.Contracts.Documents;

namespace ReleaseIntegrity.Handoff.Reading.Meanings;

/// <summary>
/// What a rule says, in a sentence: the engine's own, those of the default policy, and of a rule of a site's policy what it
/// did. Tests have all rules of the default policy and all reasons of holds.
/// </summary>
internal static class RuleMeanings
{
    /// <summary>The sentence for a field's rule; empty where there was nothing to decide.</summary>
    public static string Of(FieldView field) => field.Rule is null ? "" : Known(field.Rule) ?? OfSite(field);

    /// <summary>The sentence for a rule that isn't a site's own, or null.</summary>
    public static string? Known(string rule) => rule switch
    {
        "steward-pin" => "A steward picked this value among the candidates, with a reason and until an expiry.",
        "latest-observation" => "Of several times of observation the latest counts; an earlier one is no contradiction.",
        "digest-identity-conflict" => "A signature claims this tag for another digest than the registry names: nobody may choose between them.",
        "unsigned-registry" => "The registry's digest has no ledger entry while another record differs: nothing supports either.",
        "registry-over-snapshot" => "The registry is authoritative for what a tag names, and its digest is signed; the change record lags.",
        "registry-over-mirror" => "The policy names the authoritative registry; another one only confirms.",
        "runtime-differs" => "The registry is authoritative and its digest is signed; what runs is shown, and never overrides it.",
        "runtime-never-overrides" => "What runs may confirm what the signed records say, and never overrides it.",
        "ledger-lineage-over-snapshot" => "The ledger is authoritative for signature lineage; the change record is to be corrected.",
        _ => null,
    };

    /// <summary>What a reason of a hold says; empty for one that this service is too old to know.</summary>
    public static string Reason(string reason) => reason switch
    {
        "clock-skew" => "the authority's observation lies in the future of its own extraction",
        "authority-conflict" => "the authority contradicts itself",
        "digest-identity-conflict" => "the sources stand for different digests",
        "snapshot-binding-mismatch" => "the change record approves something else than what its own evidence supports",
        "runtime-unlinked" => "the runtime reports an envelope that no approved ledger entry has",
        "authority-missing" => "the authority is silent while another source speaks, or must speak",
        "authority-stale" => "the authority is past its freshness window while another source differs",
        "no-rule" => "the policy has no rule for this disagreement",
        _ => "",
    };

    private static string OfSite(FieldView field) => field switch
    {
        { Hold: { } hold } => $"A rule of the site's policy; the field is held since {Reason(hold.Reason)}.",
        { State: "precedence" } => "A rule of the site's policy; the authority's value stands over what differs from it.",
        _ => "A rule of the site's policy.",
    };
}
