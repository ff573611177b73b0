using System.Globalization;
using ReleaseIntegrity.AllInOne.Offline.Output;
using ReleaseIntegrity.Contracts;
using Spectre.Console;

namespace ReleaseIntegrity.AllInOne.CommandLine;

/// <summary>A run's figures, for a person.</summary>
internal static class SummaryTable
{
    /// <summary>Writes the table.</summary>
    public static void Write(Summary summary, string folder, TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("what").AddColumn(new TableColumn("count").RightAligned()).AddColumn("meaning");
        Row(table, "notifications", summary.Notifications, "deliveries read");
        Row(table, "items", summary.Items, "what they hold, each of which ended as");
        foreach (ItemOutcome outcome in Enum.GetValues<ItemOutcome>())
        {
            Row(table, "  " + WireNames.Of(outcome), summary.Outcomes[outcome], Meaning(outcome));
        }

        table.AddEmptyRow();
        Row(table, "tuples", summary.Ledgers.Tuples, "artifacts with a ledger");
        Row(table, "  on hold", summary.Ledgers.OnHold, "digest identity, signature lineage or approval is held");
        Row(table, "  packages", summary.Ledgers.Packages, "with something to correct or decide");
        Row(table, "conflicts", summary.Ledgers.Conflicts, "fields in scope on which sources differ");
        Row(table, "  held", summary.Ledgers.Held, "fields without a value until somebody settles them");
        Row(table, "  resolved by rule", summary.Ledgers.ResolvedByRule, "fields on which a named rule decided");
        Row(table, "  converging", summary.Ledgers.Converging, "fields still inside their allowance");
        Row(table, "silently overwritten", summary.SilentlyOverwritten, "counted by an independent pass; anything but 0 is a defect");
        console.Write(table);
        output.WriteLine($"written: {folder}");
    }

    private static void Row(Table table, string what, long count, string meaning) =>
        table.AddRow(new Text(what), new Text(count.ToString("N0", CultureInfo.InvariantCulture)), new Text(meaning));

    private static string Meaning(ItemOutcome outcome) => outcome switch
    {
        ItemOutcome.Applied => "counts now",
        ItemOutcome.Superseded => "a later revision counts instead",
        ItemOutcome.Duplicate => "says what another item said already",
        ItemOutcome.Unbound => "names a digest that no artifact anchors yet",
        ItemOutcome.Hint => "true, but names no digest",
        ItemOutcome.Irrelevant => "nothing that is reconciled",
        _ => "not usable; the reason is in items.ndjson",
    };
}
