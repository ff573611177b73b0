using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Contracts.Documents;

namespace ReleaseIntegrity.Handoff.Reading;

/// <summary>How a tuple and its sources stand, at a glance. Pure.</summary>
internal static class TupleStandings
{
    /// <summary>States of fields, the worst first.</summary>
    private static readonly string[] Worst = ["held", "unreadable", "stale", "converging", "missing", "precedence", "agreed"];

    /// <summary>The worst state of a ledger's fields; of no fields <c>missing</c>.</summary>
    public static string Of(LedgerView ledger) => Array.Find(Worst, s => ledger.Fields.Any(f => f.State == s)) ?? "missing";

    /// <summary>How each source stands, in the order of sources.</summary>
    public static IEnumerable<(string Source, string Standing, DateTimeOffset? Latest)> OfSources(LedgerView ledger) =>
        WireNames.All<Source>().Select(source =>
        {
            (FieldView Field, CandidateView Said)[] said =
            [
                .. ledger.Fields.SelectMany(f => f.Candidates, (field, candidate) => (field, candidate))
                    .Where(s => s.candidate.Source == source && s.candidate.Outcome != "withdrawn"),
            ];
            string standing = said.Length == 0 ? "silent"
                : said.Any(s => IsContested(s.Field, s.Said)) ? "contested"
                : said.Any(s => s.Field.State == "stale") ? "stale"
                : "agreed";
            return (source, standing, said.Max(s => s.Said.SourceTime));
        });

    private static bool IsContested(FieldView field, CandidateView said) =>
        field.State == "held" || said.Outcome is "lost" or "contested" or "other-digest" or "skewed" or "unreadable";
}
