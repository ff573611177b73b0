using ReleaseIntegrity.Handoff.V1;
using Spectre.Console;

namespace ReleaseIntegrity.AllInOne.Demo;

/// <summary>A ledger as a table: one row per field, what stands, what is held, and what would release it.</summary>
internal static class LedgerTable
{
    private static readonly string[] Order =
    [
        "repository", "release-train", "manifest-digest", "tag-to-digest", "promotion-time", "active-tags",
        "signature-envelope-id", "signer-key-id", "signer-identity", "certificate-fingerprint", "certificate-lineage",
        "attestation-bundle", "ledger-write-time", "approved-tuple", "approval-time", "release-window", "exception-notes",
        "exception-bindings", "reviewer-state", "observed-digest", "admission-check", "cluster-id", "observation-time",
        "observed-envelope-id",
    ];

    /// <summary>Prints it.</summary>
    public static void Print(IAnsiConsole console, Ledger ledger)
    {
        string hold = ledger.OnHold ? "[red]on reconciliation hold[/]" : "[green]not on hold[/]";
        console.MarkupLine($"Ledger of [bold]{Markup.Escape($"{ledger.Tuple.Registry}/{ledger.Tuple.Repository}:{ledger.Tuple.Tag}")}[/], {hold}");
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("field", "state", "authoritative", "hold", "released by");
        foreach (LedgerField field in ledger.Fields.OrderBy(f => Position(f.Field)))
        {
            table.AddRow(
                new Text(field.Field),
                new Markup(State(field.State)),
                new Text(field.Authoritative is null ? "none" : Value(field.Authoritative)),
                new Text(field.Hold is null ? "–" : Reasons(field.Hold)),
                new Text(field.Hold is null ? "–" : ReleaseWords.Of(field.Hold)));
        }

        console.Write(table);
        foreach (LedgerField field in ledger.Fields.Where(f => f.Hold is { Root: "" }).OrderBy(f => Position(f.Field)))
        {
            console.MarkupLineInterpolated($"[bold]{field.Field}[/], as the sources have it:");
            foreach (IGrouping<string, Candidate> value in field.Candidates.GroupBy(c => Value(c.Value)))
            {
                console.MarkupLineInterpolated($"  {value.Key}  [grey]{string.Join(", ", value.Select(c => c.Lineage.Source).Distinct())}[/]");
            }
        }
    }

    /// <summary>A value as a person reads it.</summary>
    public static string Value(FieldValue? value) => value is null ? "none" : string.Join(", ", value.Values);

    private static int Position(string field) => Array.IndexOf(Order, field) is var at && at >= 0 ? at : Order.Length;

    private static string Reasons(Hold hold)
    {
        IEnumerable<string> also = hold.AlsoReasons.Select(r => $"also {r}");
        string root = hold.Root.Length == 0 ? "" : $" (with {hold.Root.Split('/')[0]})";
        return string.Join(", ", also.Prepend(hold.Reason)) + root;
    }

    private static string State(string state) => state switch
    {
        "held" => "[red]held[/]",
        "agreed" => "[green]agreed[/]",
        "precedence" => "[yellow]precedence[/]",
        "converging" => "[blue]converging[/]",
        _ => Markup.Escape(state),
    };
}
