using ReleaseIntegrity.AllInOne.Demo;
using ReleaseIntegrity.Handoff.V1;
using ReleaseIntegrity.Steward.Naming;

namespace ReleaseIntegrity.Steward.Showing;

/// <summary>
/// A package for somebody who has minutes: first what is held, why, and what would release it; then what is proposed;
/// then what a rule decided; what agrees is folded into a line.
/// </summary>
internal static class PackagePage
{
    /// <summary>Prints it.</summary>
    /// <param name="screen">Where to.</param>
    /// <param name="package">The package, whole.</param>
    /// <param name="unfold">Show the whole ledger.</param>
    /// <param name="now">The present, for what is left of its time.</param>
    public static void Print(Screen screen, CorrectionPackage package, bool unfold, DateTimeOffset now)
    {
        Head(screen, package, now);
        Held(screen, package);
        Alternatives(screen, package);
        Section(screen, $"Proposed writes ({package.ProposedWrites.Count})");
        if (package.ProposedWrites.Count == 0)
        {
            screen.Line("  none: nothing can be corrected before the holds are released");
        }

        WriteLines.Print(screen, package.ProposedWrites);
        Rest(screen, package, unfold);
        Notes(screen, package);
        Next(screen, package);
    }

    /// <summary>One line about a package, for lists that stream.</summary>
    public static string Line(CorrectionPackage package) =>
        $"{Words.Time(package.HandoffTime)}  {Words.Short(package.PackageId)}@{package.Revision}  {Words.State(package.State)}  "
        + $"{Words.Count(package.ExceptionCount, "hold")}  {Words.Count(package.ProposedWriteCount, "write")}  {Names.Of(package.Tuple)}"
        + (package.HoldReasons.Count == 0 ? "" : $"  {string.Join(",", package.HoldReasons)}");

    private static void Head(Screen screen, CorrectionPackage package, DateTimeOffset now)
    {
        screen.Line($"Package {Words.Short(package.PackageId)} revision {package.Revision} of {Names.Of(package.Tuple)}", "bold");
        screen.Line(package.OnHold ? $"{screen.Symbols.Held} ON RECONCILIATION HOLD" : $"{screen.Symbols.Agrees} not on hold", package.OnHold ? "red" : "green");
        string left = package.ExpireTime is null ? "" : package.ExpireTime.ToDateTimeOffset() is var expiry && expiry > now
            ? $", {Words.Span(expiry - now)} left" : ", expired";
        string train = package.ReleaseTrain.Length == 0 ? "" : $", train {package.ReleaseTrain}";
        screen.Line($"  state    {Words.State(package.State)}{train}{left}");
        screen.Line($"  name     {package.Name}");
        screen.Line($"  etag     {package.Etag}");
        if (package.SupersededBy.Length > 0)
        {
            screen.Line($"  superseded by {Words.Short(package.SupersededBy)}: no decision on this one is taken any more", "red");
        }
    }

    private static void Held(Screen screen, CorrectionPackage package)
    {
        Section(screen, $"Held ({package.Exceptions.Count})");
        if (package.Exceptions.Count == 0)
        {
            screen.Line("  nothing");
            return;
        }

        ILookup<string, Hold> dependents = package.Exceptions.Where(h => h.Root.Length > 0 && h.AlsoReasons.Count == 0).ToLookup(h => h.Root);
        foreach (Hold hold in package.Exceptions.Where(h => h.Root.Length == 0 || h.AlsoReasons.Count > 0).InOrder(h => h.Field))
        {
            screen.Line($"  {hold.Field}: {Words.Reasons(hold)}", "red");
            LedgerField? field = package.Ledger?.Fields.FirstOrDefault(f => f.Field == hold.Field);
            if (field is not null)
            {
                Said(screen, field);
            }

            foreach (string condition in ReleaseWords.Of(hold).Split("; "))
            {
                screen.Line($"      released by {condition}");
            }

            string[] with = [.. dependents[hold.Id].InOrder(h => h.Field).Select(h => h.Field)];
            if (with.Length > 0)
            {
                screen.Line($"      holds with it: {string.Join(", ", with)}");
            }
        }
    }

    private static void Said(Screen screen, LedgerField field)
    {
        IReadOnlyList<string> signs = LedgerTable.Signs(field, screen.Symbols);
        foreach (var value in field.Candidates
            .Select((c, at) => (Candidate: c, Sign: signs[at]))
            .OrderBy(c => FieldOrder.Column(c.Candidate.Lineage?.Source))
            .GroupBy(c => (c.Sign, Value: Words.Value(c.Candidate.Value))))
        {
            string sources = string.Join(", ", value.Select(c => c.Candidate.Lineage?.Source).Distinct());
            screen.Line($"      {value.Key.Sign} {value.Key.Value}  {sources}");
        }
    }

    private static void Alternatives(Screen screen, CorrectionPackage package)
    {
        if (package.Alternatives.Count == 0)
        {
            return;
        }

        Section(screen, "Alternatives (for your orientation; they can't be authorised)");
        foreach (Alternative alternative in package.Alternatives.InOrder(a => a.Field))
        {
            string needs = alternative.Needs.Count == 0 ? "nothing more" : string.Join(", ", alternative.Needs);
            screen.Line($"  {alternative.Field} = {Words.Value(alternative.Value)}  said by {string.Join(", ", alternative.Sources)}; needs {needs}");
            foreach (ProposedWrite write in alternative.Writes)
            {
                screen.Line($"      would write {WriteLines.Short(write, screen.Symbols)}");
            }
        }
    }

    private static void Rest(Screen screen, CorrectionPackage package, bool unfold)
    {
        if (package.Ledger is not { } ledger)
        {
            return;
        }

        if (unfold)
        {
            Section(screen, "Ledger");
            screen.Write(LedgerTable.Of(ledger.Fields, screen.Symbols));
            screen.Line(screen.Symbols.Key);
            return;
        }

        LedgerField[] decided = [.. ledger.Fields.Where(f => f.State is not ("held" or "agreed" or "missing"))];
        if (decided.Length > 0)
        {
            Section(screen, $"Decided by a rule, or not settled ({decided.Length})");
            screen.Write(LedgerTable.Of(decided, screen.Symbols));
        }

        foreach (string state in (string[])["agreed", "missing"])
        {
            string[] folded = [.. ledger.Fields.Where(f => f.State == state).InOrder(f => f.Field).Select(f => f.Field)];
            if (folded.Length > 0)
            {
                screen.Line();
                screen.Line($"{char.ToUpperInvariant(state[0])}{state[1..]} ({folded.Length}): {string.Join(", ", folded)}  (--all shows them)");
            }
        }
    }

    private static void Notes(Screen screen, CorrectionPackage package)
    {
        if (package.Notes.Count > 0)
        {
            Section(screen, "Notes");
        }

        foreach (Annotation note in package.Notes)
        {
            screen.Line($"  {Words.Time(note.AnnotateTime)} {note.Steward} on {note.Field}: {note.Note}");
        }
    }

    private static void Next(Screen screen, CorrectionPackage package)
    {
        string name = $"{Words.Short(package.Tuple?.Id ?? "")}@{package.Revision}";
        string[] next = package.State switch
        {
            PackageState.Prepared => ["decide acknowledge", .. package.ProposedWrites.Count > 0 ? (string[])["decide authorize"] : []],
            PackageState.Acknowledged when package.ProposedWrites.Count > 0 => ["decide authorize", "decide return"],
            PackageState.Acknowledged => ["decide return"],
            PackageState.RepairAuthorized or PackageState.Repaired or PackageState.Diverged => ["rollback"],
            PackageState.Superseded => ["packages diff"],
            _ => [],
        };
        if (next.Length > 0)
        {
            Section(screen, "Next");
        }

        foreach (string command in next)
        {
            screen.Line($"  steward {command} {name}{(command == "decide return" ? " --reason TEXT" : "")}");
        }
    }

    private static void Section(Screen screen, string title)
    {
        screen.Line();
        screen.Line(title, "bold");
    }
}
