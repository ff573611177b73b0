namespace ReleaseIntegrity.Tests.Offline;

/// <summary>
/// A defect that the audit found: a change whose later revision names another artifact was still the current snapshot of
/// the artifact that it had named before, so that an older approval lost without a word.
/// </summary>
public sealed class When_a_change_moves_to_another_artifact : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void It_speaks_for_that_one_alone()
    {
        string moved = Story.Change()
            .Replace("\"4\"", "\"5\"", StringComparison.Ordinal)
            .Replace("2026-03-22 10:30:00", "2026-03-22 10:45:00", StringComparison.Ordinal)
            .Replace(Story.Path, "billing/other", StringComparison.Ordinal);
        string input = _scratch.Write("in.ndjson", string.Join('\n', Story.Lines().Append(Story.Line("servicenow", moved, "2026-03-22T12:04:00Z"))));

        Run run = Run.Reconcile(_scratch["out"], input, "--reveal");

        string ledger = run.Documents.Values.Single(d => d.Contains($"\"repository\":\"{Story.Path}\"", StringComparison.Ordinal) && d.Contains("ledger/v1", StringComparison.Ordinal) && !d.Contains("package/v1", StringComparison.Ordinal));
        Assert.DoesNotContain("\"source\":\"change-snapshot\",\"sourceTime\"", ledger, StringComparison.Ordinal);
        Assert.Equal(2, run.Count("tuples"));
    }
}
