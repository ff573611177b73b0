using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.AllInOne.Demo;

/// <summary>What would release a hold, in words.</summary>
internal static class ReleaseWords
{
    /// <summary>All of a hold's conditions.</summary>
    public static string Of(Hold hold) => string.Join("; ", hold.ReleaseWhen.Select(Of).Distinct());

    private static string Of(ReleaseCondition condition)
    {
        string value = condition.Value.Length == 0 ? "it" : condition.Value;
        return condition.Predicate switch
        {
            "newer-revision-names" => $"a newer {condition.Source} revision naming {value}",
            "later-claim-names" => $"a later ledger claim for {value}",
            "claim-withdrawn" => $"the claim for {value} withdrawn",
            "entry-about" => $"a ledger entry about {(condition.Value.Length == 0 ? "the digest" : value)}",
            "record-arrives" => $"a record of {condition.Source}",
            "source-heard-again" => $"{condition.Source} heard again",
            "single-revision-remains" => "one current revision remaining",
            "unskewed-revision" => "a revision that isn't from the future",
            "matches-ledger-entry" => "a snapshot with the ledger's fingerprint",
            "later-approval" => "an approval later than the ledger entry",
            "approved-entry-has" => $"an approved ledger entry with {value}",
            "reports-linked-id" => "the runtime reporting a linked id",
            "root-released" => "the release of manifest-digest",
            "sources-agree" => "all sources agreeing",
            "steward-pin" => "a steward's pin",
            string other => other.Replace('-', ' '),
        };
    }
}
