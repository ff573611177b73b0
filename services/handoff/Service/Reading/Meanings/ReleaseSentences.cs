using ReleaseIntegrity.Contracts.Documents;

namespace ReleaseIntegrity.Handoff.Reading.Meanings;

/// <summary>What evidence would release a hold, in a sentence. The predicates are published names; a test has them all.</summary>
internal static class ReleaseSentences
{
    /// <summary>The sentence for a condition, with its value masked as it came; of an unknown predicate its own words.</summary>
    public static string Of(ConditionView c) => c.Predicate switch
    {
        "newer-revision-names" => $"A newer revision of the record of {c.Source} names {Value(c)} as {c.Field}.",
        "later-claim-names" => $"A later tagged entry of {c.Source} claims {Value(c)} as {c.Field}.",
        "claim-withdrawn" => $"The tagged claim of {c.Source} for {Value(c)} is withdrawn.",
        "entry-about" => $"An entry of {c.Source} about {Value(c)} arrives that the policy selects.",
        "record-arrives" => $"A record of {c.Source} arrives that says {c.Field}.",
        "source-heard-again" => $"{c.Source} is heard again within the freshness window of {c.Field}.",
        "single-revision-remains" => $"One current revision of the record of {c.Source} remains, by a resync or a newer revision.",
        "unskewed-revision" => $"A revision of {c.Source} arrives whose time is not in the future of its extraction.",
        "matches-ledger-entry" => $"The {c.Field} of {c.Source} is that of a current ledger entry about the digest that it names.",
        "later-approval" => $"{c.Source} states an approval that is later than the digest's first ledger write, and new with the digest.",
        "approved-entry-has" => $"An approved entry of {c.Source} has {Value(c)}.",
        "reports-linked-id" => $"{c.Source} reports an envelope id that an approved ledger entry has.",
        "root-released" => "The hold that it depends on is released.",
        "sources-agree" => $"All sources agree on {c.Field}.",
        "steward-pin" => $"A steward pins one of the candidates of {c.Field}.",
        _ => $"{c.Source}: {c.Field} {c.Predicate} {c.Value}".TrimEnd() + ".",
    };

    private static string Value(ConditionView c) => c.Value ?? "the value";
}
