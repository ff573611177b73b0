using System.Globalization;
using ReleaseIntegrity.Contracts;
using Spectre.Console;

namespace ReleaseIntegrity.AllInOne.Evaluating;

/// <summary>The figures for a person at a terminal.</summary>
internal static class EvaluationTable
{
    private const int MostDifferences = 5;

    /// <summary>Writes the table.</summary>
    public static void Write(EvaluationReport report, TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("what").AddColumn(new TableColumn("figure").RightAligned()).AddColumn("meaning");
        Row(table, "worlds", Number(report.Worlds.Count), $"{Number(report.Worlds.Sum(w => w.Artifacts.Count))} artifacts, {Number(report.Worlds.Sum(w => w.Deliveries))} notifications");
        Times(table, report);
        Agreement(table, report);
        Conflicts(table, report);
        Row(table, "reliability", Percent(report.Worlds.Count == 0 ? 1 : 1 - ((double)report.Unreliable / report.Worlds.Count)), "worlds whose ledgers and packages are the same in every order");
        Row(table, "  runs", Number(report.Worlds.Sum(w => w.Orders)), "each in an order of its own, with repetitions");
        Row(table, "  distinct results", Number(report.Worlds.Count == 0 ? 1 : report.Worlds.Max(w => w.DistinctHashes)), "per world, at most; 1 is right");
        console.Write(table);
        foreach (Overwrite overwrite in report.Overwrites.Take(MostDifferences))
        {
            output.WriteLine($"seed {overwrite.Seed}: {WireNames.Of(overwrite.Field)} of {overwrite.Tuple} overwritten silently [{string.Join(' ', overwrite.Drifts.Select(WireNames.Of))}]");
        }

        foreach (Difference difference in report.Worlds.SelectMany(w => w.Differences).Take(MostDifferences))
        {
            output.WriteLine($"seed {difference.Seed}: {WireNames.Of(difference.Field)} {WireNames.Of(difference.Agreement)} at {difference.At:u} [{string.Join(' ', difference.Drifts.Select(WireNames.Of))}]: ledger {difference.Ledger}; steward {difference.Steward}");
        }
    }

    private static void Times(Table table, EvaluationReport report)
    {
        IEnumerable<TimeSpan> handedOff = report.Times.Select(t => t.HandedOff).OfType<TimeSpan>();
        Row(table, "time to ledger", Span(EvaluationReport.Quantile(report.Times.Select(t => t.Visible), 0.95)), $"of {Number(report.Times.Count)} artifacts, from the first conflicting notification (95 of 100)");
        Row(table, "  to the package", Span(EvaluationReport.Quantile(handedOff, 0.5)), $"median of {Number(handedOff.Count())}; until then records may still come together");
        Row(table, "  work", $"{EvaluationReport.Quantile(report.Times.Select(t => t.Work), 0.95).TotalMilliseconds.ToString("N1", CultureInfo.InvariantCulture)} ms", "of this machine, from the bytes to the ledger (95 of 100)");
        table.AddEmptyRow();
    }

    private static void Agreement(Table table, EvaluationReport report)
    {
        Row(table, "agreement", Percent(EvaluationReport.Share(report.AtEnd)), "with the truth's steward, field by field, when all has arrived");
        Row(table, "  at every instant", Percent(EvaluationReport.Share(report.Always)), $"of {Number(report.Always.Values.Sum(v => (long)v))} fields compared");
        Row(table, "  false holds", Number(EvaluationReport.Count(report.Always, Evaluating.Agreement.FalseHold)), "held, though the steward accepts or records are in flight");
        Row(table, "  missed conflicts", Number(EvaluationReport.Count(report.Always, Evaluating.Agreement.MissedConflict)), "a value, though the conflict is real");
        Row(table, "  wrong values", Number(EvaluationReport.Count(report.Always, Evaluating.Agreement.WrongValue)), "another value than the steward accepts");
        table.AddEmptyRow();
    }

    private static void Conflicts(Table table, EvaluationReport report)
    {
        long inSight = report.Ledgers.Conflicts;
        long all = inSight + report.Overwrites.Count;
        Row(table, "conflicts", Number(report.Ledgers.Conflicts), "fields on which sources differ in the end");
        Row(table, "  held", Number(report.Ledgers.Held), "fields without a value until somebody settles them");
        Row(table, "  decided by rule", Number(report.Ledgers.ResolvedByRule), "the losing value is kept in sight");
        Row(table, "  silently overwritten", Number(report.Overwrites.Count), $"found by an independent pass; {Percent(all == 0 ? 1 : (double)inSight / all)} are in sight");
        table.AddEmptyRow();
    }

    private static void Row(Table table, string what, string figure, string meaning) => table.AddRow(new Text(what), new Text(figure), new Text(meaning));

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share is > 0.9999 and < 1 ? "99.99 %" : $"{(share * 100).ToString("0.##", CultureInfo.InvariantCulture)} %";

    private static string Span(TimeSpan span) => span.TotalHours >= 1 ? $"{(int)span.TotalHours} h {span.Minutes} min" : span.TotalMinutes >= 1 ? $"{(int)span.TotalMinutes} min {span.Seconds} s" : $"{span.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s";
}
