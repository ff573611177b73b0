namespace ReleaseIntegrity.Hosting.Doctor;

/// <summary>Findings as text: a line each, and below it what to do.</summary>
public static class FindingTable
{
    /// <summary>Writes the table and a last line that sums it up.</summary>
    public static void Write(TextWriter output, IReadOnlyList<Finding> findings)
    {
        int width = findings.Max(f => f.Check.Length);
        string indent = new(' ', width + 11);
        foreach (Finding finding in findings)
        {
            output.WriteLine($"{Word(finding.State),-7}  {finding.Check.PadRight(width)}  {Indented(finding.Fact, indent)}");
            if (finding.ToDo.Length > 0)
            {
                output.WriteLine($"{indent}→ {Indented(finding.ToDo, indent + "  ")}");
            }
        }

        int failures = findings.Count(f => f.State == FindingState.Failure);
        int warnings = findings.Count(f => f.State == FindingState.Warning);
        output.WriteLine(failures + warnings == 0
            ? "nothing is wrong"
            : $"{failures} in the way, {warnings} to be looked at");
    }

    /// <summary>The exit code that the findings come to.</summary>
    public static int ExitCodeOf(IReadOnlyList<Finding> findings) =>
        findings.Any(f => f.State == FindingState.Failure) ? ExitCodes.Failed
        : findings.Any(f => f.State == FindingState.Warning) ? ExitCodes.Warnings
        : ExitCodes.Done;

    private static string Word(FindingState state) => state switch
    {
        FindingState.Ok => "ok",
        FindingState.Warning => "warning",
        _ => "FAILURE",
    };

    private static string Indented(string text, string indent) =>
        text.TrimEnd().ReplaceLineEndings("\n").Replace("\n", "\n" + indent, StringComparison.Ordinal);
}
