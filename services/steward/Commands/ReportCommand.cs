using System.CommandLine;
using System.Globalization;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.CommandLine;
using ReleaseIntegrity.Steward.Showing;

namespace ReleaseIntegrity.Steward.Commands;

/// <summary><c>report</c>: the four figures that the service is judged by.</summary>
internal static class ReportCommand
{
    private static readonly Option<string?> Train = new("--train") { Description = "Only tuples of this release train.", HelpName = "TRAIN" };

    /// <summary>The command.</summary>
    public static Command Create(CommandSet set) => set.Add(
        new Command("report", "Show the four figures that the service is judged by.") { Train },
        """
        Role: viewer, steward or admin. Who may see some repositories only sees the figures of those.

        Examples:
          steward report
          steward report --train rel-2026.03.22.4 --json
        """,
        RunAsync);

    private static async Task<int> RunAsync(Session session)
    {
        Evaluation evaluation = await session.Connection.Handoff.GetEvaluationAsync(
            new GetEvaluationRequest { ReleaseTrain = session.Get(Train) ?? "" }, session.Connection.Call);
        return session.Show(evaluation, e => session.Screen.Write(Table(e)));
    }

    private static Listing Table(Evaluation evaluation)
    {
        var listing = new Listing("figure", "value", "of", "meaning");
        TimeToLedger time = evaluation.TimeToLedger ?? new TimeToLedger();
        string packages = $"{Number(time.Count)} conflicts";
        listing.Add("1 time to ledger, half", Words.Span(time.P50), packages, "first conflicting notification to the package that shows it");
        listing.Add("  nine in ten", Words.Span(time.P90), packages, "at most this");
        listing.Add("  longest", Words.Span(time.Max), packages, "all at most this");

        long accepted = evaluation.Agreement.Sum(a => a.Accepted);
        long total = evaluation.Agreement.Sum(a => a.Total);
        listing.Add("2 agreement", Share(accepted, total), $"{Number(total)} fields", "what was chosen is what stewards accepted");
        foreach (FieldAgreement field in evaluation.Agreement.Where(a => a.Accepted != a.Total).InOrder(a => a.Field))
        {
            listing.Add($"  {field.Field}", Share(field.Accepted, field.Total), $"{Number(field.Total)}", "not always accepted");
        }

        listing.Add("  decided from hold", Number(evaluation.Agreement.Sum(a => a.PinnedFromHold)), "", "held fields that stewards pinned");
        ConflictRouting conflicts = evaluation.Conflicts ?? new ConflictRouting();
        long all = conflicts.Held + conflicts.DecidedByRule + conflicts.Converging + conflicts.Overwritten;
        listing.Add("3 conflicts held", Share(conflicts.Held, all), $"{Number(all)} conflicts", "waiting for a person, visibly");
        listing.Add("  decided by a rule", Share(conflicts.DecidedByRule, all), $"{Number(all)} conflicts", "by a named rule, the loser kept");
        listing.Add("  converging", Share(conflicts.Converging, all), $"{Number(all)} conflicts", "inside their allowance");
        listing.Add("  overwritten silently", Bad(conflicts.Overwritten), $"{Number(all)} conflicts", "anything but 0 is a defect");

        PackageReliability reliability = evaluation.Reliability ?? new PackageReliability();
        string prepared = $"{Number(reliability.Prepared)} packages";
        listing.Add("4 out of order", Number(reliability.OutOfOrder), prepared, "came after a later one, and were put in their place");
        listing.Add("  missing", Bad(reliability.Missing), prepared, "a later one is there; 0 once nothing is on its way");
        listing.Add("  conflicting", Bad(reliability.Conflicting), prepared, "same number, other content: anything but 0 is a defect");
        listing.Add("  derived otherwise", Bad(reliability.RederivedOtherwise), prepared, "same evidence, other ledger: anything but 0 is a defect");
        return listing;
    }

    private static Cell Bad(long count) => new(Number(count), count == 0 ? "green" : "red");

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Share(long part, long total) =>
        total == 0 ? "none yet" : (100.0 * part / total).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
