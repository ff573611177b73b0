using ReleaseIntegrity.Handoff.V1;
using Spectre.Console;

namespace ReleaseIntegrity.AllInOne.Demo;

/// <summary>A correction package for a person: what it proposes, how to take that back, what stays held.</summary>
internal static class PackageReport
{
    /// <summary>Prints it.</summary>
    public static void Print(IAnsiConsole console, CorrectionPackage package, TimeSpan waited)
    {
        console.WriteLine();
        string supersedes = package.Supersedes.Length == 0 ? "" : $", supersedes {package.Supersedes[..12]}…";
        console.MarkupLineInterpolated($"[bold]Correction package {package.PackageId[..12]}…[/] revision {package.Revision}{supersedes} [grey](handed off {waited.TotalMilliseconds:0} ms after the last notification)[/]");
        console.MarkupLineInterpolated($"proposed writes: {package.ProposedWrites.Count}, unresolved exceptions: {package.Exceptions.Count}");
        foreach (ProposedWrite write in package.ProposedWrites)
        {
            console.MarkupLineInterpolated($"  [green]{write.Field}[/] of {write.Target.Source} {write.Target.RecordId}, revision {write.Target.Revision}");
            console.MarkupLineInterpolated($"    patch    {Operations(write.Patch)}");
            console.MarkupLineInterpolated($"    inverse  {Operations(write.Inverse)}");
        }

        if (package.ProposedWrites.Count > 0)
        {
            console.MarkupLineInterpolated($"stays held: {string.Join(", ", package.Exceptions.Select(e => $"{e.Field} ({e.Reason})"))}");
        }

        foreach (Alternative alternative in package.Alternatives.Where(a => a.Field == "manifest-digest"))
        {
            string writes = alternative.Writes.Count == 0 ? "no write" : $"writes {string.Join(", ", alternative.Writes.Select(w => w.Field))}";
            string needs = alternative.Needs.Count == 0 ? "nothing more" : string.Join(", ", alternative.Needs);
            console.MarkupLineInterpolated($"  alternative [yellow]{LedgerTable.Value(alternative.Value)}[/]: {writes}; needs {needs}");
            foreach (ProposedWrite write in alternative.Writes)
            {
                console.MarkupLineInterpolated($"    would be {Operations(write.Patch)}");
            }
        }
    }

    private static string Operations(IEnumerable<PatchOperation> operations) => string.Join(", ", operations.Select(o =>
        $"{o.Op} {o.Path} = {(o.HasValue ? o.Value : "null")}"));
}
