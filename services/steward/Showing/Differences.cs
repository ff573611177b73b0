using ReleaseIntegrity.Handoff.V1;

namespace ReleaseIntegrity.Steward.Showing;

/// <summary>What changed between two packages.</summary>
internal static class Differences
{
    /// <summary>One row per difference, in the order of fields.</summary>
    public static Listing Of(IEnumerable<PackageDifference> changes, Symbols symbols)
    {
        var listing = new Listing("field", "aspect", "before", "", "after");
        foreach (PackageDifference change in changes.InOrder(c => c.Field))
        {
            listing.Add(
                change.Field.Length == 0 ? "(package)" : change.Field,
                change.Aspect,
                change.Before.Length == 0 ? new Cell("(new)", "grey") : new Cell(change.Before, "red"),
                symbols.Arrow,
                change.After.Length == 0 ? new Cell("(gone)", "grey") : new Cell(change.After, "green"));
        }

        return listing;
    }
}
