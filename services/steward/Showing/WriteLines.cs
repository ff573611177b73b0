using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Steward.Showing;

/// <summary>A proposed write: where, from what to what, and the way back.</summary>
internal static class WriteLines
{
    /// <summary>Prints writes.</summary>
    public static void Print(Screen screen, IEnumerable<ProposedWrite> writes)
    {
        foreach (ProposedWrite write in writes)
        {
            screen.Line($"  {write.Field} of {Target(write.Target)}");
            foreach ((string path, string old, string now) in Changes(write.Patch))
            {
                screen.Line($"      write    {path}: {old} {screen.Symbols.Arrow} {now}", "green");
            }

            foreach ((string path, string old, string now) in Changes(write.Inverse))
            {
                screen.Line($"      inverse  {path}: {old} {screen.Symbols.Arrow} {now}");
            }

            screen.Line($"      id       {write.Id}");
        }
    }

    /// <summary>A write in a line.</summary>
    public static string Short(ProposedWrite write, Symbols symbols) => string.Join("; ", Changes(write.Patch)
        .Select(c => $"{write.Field} of {write.Target?.RecordId}: {c.Old} {symbols.Arrow} {c.New}"));

    /// <summary>A record in words.</summary>
    public static string Target(WriteTarget? target) => target is null ? "an unknown record"
        : $"{target.Source} {target.RecordId} ({target.Instance}{(target.Revision.Length == 0 ? "" : $", revision {target.Revision}")})";

    /// <summary>The members that a patch changes: the tested value, then the new one.</summary>
    private static IEnumerable<(string Path, string Old, string New)> Changes(IReadOnlyCollection<PatchOperation> patch)
    {
        foreach (PatchOperation change in patch.Where(o => o.Op != "test"))
        {
            PatchOperation? test = patch.FirstOrDefault(o => o.Op == "test" && o.Path == change.Path);
            yield return (change.Path, test is null ? "(untested)" : Text(test), change.Op == "remove" ? "(removed)" : Text(change));
        }
    }

    private static string Text(PatchOperation operation) => operation.HasValue ? operation.Value : "null";
}
