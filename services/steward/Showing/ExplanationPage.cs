using ReleaseIntegrity.AllInOne.Demo;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.Naming;

namespace ReleaseIntegrity.Steward.Showing;

/// <summary>Everything about one field.</summary>
internal static class ExplanationPage
{
    /// <summary>Prints it.</summary>
    /// <param name="screen">Where to.</param>
    /// <param name="explanation">What the server says.</param>
    /// <param name="lineage">Whether each value is followed down to its place in the kept bytes.</param>
    public static void Print(Screen screen, FieldExplanation explanation, bool lineage)
    {
        LedgerField field = explanation.Field;
        screen.Line($"{field.Field} of {Names.Of(explanation.Tuple)}, ledger revision {explanation.LedgerRevision}", "bold");
        screen.Line($"  state   {field.State}{With(explanation.StateMeaning)}", Words.Style(field.State));
        screen.Line($"  stands  {Words.Value(field.Authoritative)}");
        if (field.Rule.Length > 0)
        {
            screen.Line($"  rule    {field.Rule}{With(explanation.RuleMeaning)}");
        }

        if (field.Hold is { } hold)
        {
            screen.Line($"  hold    {Words.Reasons(hold)}", "red");
            screen.Line($"  released by {ReleaseWords.Of(hold)}");
        }

        screen.Line();
        screen.Write(Candidates(explanation, screen.Symbols));
        if (lineage)
        {
            for (int i = 0; i < field.Candidates.Count; i++)
            {
                Lineage(screen, i, field.Candidates[i].Lineage);
            }
        }
    }

    /// <summary>Candidates, numbered as <c>decide pin</c> wants them.</summary>
    public static Listing Candidates(LedgerField field, Symbols symbols) => Candidates(new FieldExplanation { Field = field }, symbols);

    private static Listing Candidates(FieldExplanation explanation, Symbols symbols)
    {
        LedgerField field = explanation.Field;
        IReadOnlyList<string> signs = LedgerTable.Signs(field, symbols);
        var listing = new Listing("#", "", "source", "value", "about", "age", "outcome", "why");
        for (int i = 0; i < field.Candidates.Count; i++)
        {
            Candidate candidate = field.Candidates[i];
            CandidateAge? age = i < explanation.Ages.Count ? explanation.Ages[i] : null;
            bool contested = candidate.Outcome is "contested" or "lost";
            listing.Add(
                $"{i}", signs[i], candidate.Lineage?.Source ?? "", Words.Value(candidate.Value), candidate.About,
                Words.Span(age?.SinceSourceTime ?? age?.SinceExtractTime), new Cell(candidate.Outcome, contested ? "red" : ""), candidate.Why);
        }

        return listing;
    }

    private static void Lineage(Screen screen, int number, Lineage? lineage)
    {
        if (lineage is null)
        {
            return;
        }

        screen.Line();
        screen.Line($"  #{number} {lineage.Source} {lineage.RecordId} at {lineage.Instance}, revision {lineage.Revision}");
        screen.Line($"      source time {Words.Time(lineage.SourceTime)}, extracted {Words.Time(lineage.ExtractTime)}");
        screen.Line($"      notification {lineage.NotificationSha256}");
        foreach (DecodeStep step in lineage.Decode)
        {
            screen.Line($"      {step.Pointer} as {step.As}");
        }

        screen.Line($"      {lineage.Pointer}");
    }

    private static string With(string meaning) => meaning.Length == 0 ? "" : $": {meaning}";
}
