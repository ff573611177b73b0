using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Steward.Showing;

/// <summary>
/// A ledger: fields as rows, sources as columns. A sign says how each value stands to the others; the value itself is left
/// out where it is the one that stands. Where none stands and sources differ, equal values share a letter.
/// </summary>
internal static class LedgerTable
{
    /// <summary>The table.</summary>
    public static Listing Of(IEnumerable<LedgerField> fields, Symbols symbols)
    {
        var listing = new Listing(["field", "state", .. FieldOrder.Sources.Select(s => s.Heading), "stands"]);
        foreach (LedgerField field in fields.InOrder(f => f.Field))
        {
            listing.Add([field.Field, State(field, symbols), .. Cells(field, symbols), Stands(field)]);
        }

        return listing;
    }

    /// <summary>The signs of a field's candidates, in their order.</summary>
    public static IReadOnlyList<string> Signs(LedgerField field, Symbols symbols)
    {
        List<string> contested = [.. field.Candidates.Where(IsContested).OrderBy(c => FieldOrder.Column(c.Lineage?.Source)).Select(c => Words.Value(c.Value)).Distinct()];
        return [.. field.Candidates.Select(c => Sign(c, contested, symbols))];
    }

    private static IEnumerable<Cell> Cells(LedgerField field, Symbols symbols)
    {
        IReadOnlyList<string> signs = Signs(field, symbols);
        string stands = field.Authoritative is null ? "" : Words.Value(field.Authoritative);
        foreach ((string source, _) in FieldOrder.Sources)
        {
            string[] said = [.. field.Candidates
                .Select((candidate, at) => (candidate, Text: Words.Value(candidate.Value) == stands ? signs[at] : $"{signs[at]} {Words.Value(candidate.Value)}"))
                .Where(c => c.candidate.Lineage?.Source == source)
                .Select(c => c.Text)
                .Distinct()];
            bool differs = said.Any(s => s.StartsWith(symbols.Differs, StringComparison.Ordinal));
            yield return said.Length == 0 ? new Cell(symbols.Silent, "grey") : new Cell(string.Join("; ", said), differs ? "red" : "");
        }
    }

    private static Cell State(LedgerField field, Symbols symbols) => field.State switch
    {
        "held" => new Cell($"{symbols.Held} held", "red"),
        "converging" => new Cell($"{symbols.Waiting} converging", "blue"),
        "agreed" => new Cell($"{symbols.Agrees} agreed", "green"),
        "precedence" => new Cell($"{symbols.Differs} precedence", "yellow"),
        _ => new Cell(field.State, Words.Style(field.State)),
    };

    private static Cell Stands(LedgerField field) => field.Hold is { } hold ? new Cell("none: " + Words.Reasons(hold), "red")
        : field.Authoritative is null ? "none"
        : field.State == "precedence" ? $"{Words.Value(field.Authoritative)} by {field.Rule}"
        : Words.Value(field.Authoritative);

    private static bool IsContested(Candidate candidate) => candidate.Outcome is "contested" or "lost";

    private static string Sign(Candidate candidate, List<string> contested, Symbols symbols) => candidate.Outcome switch
    {
        "authoritative" or "agrees" => symbols.Agrees,
        "equivalent" => symbols.Equivalent,
        "lost" => symbols.Differs,
        "contested" when contested.Count == 1 => symbols.Held,
        "contested" => symbols.Differs + Letter(contested.IndexOf(Words.Value(candidate.Value))),
        _ => symbols.Apart,
    };

    private static string Letter(int at) => at < 26 ? ((char)('A' + at)).ToString() : $"#{at + 1}";
}
