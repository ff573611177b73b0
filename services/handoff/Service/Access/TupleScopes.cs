using ReleaseIntegrity.Handoff.Store;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Access;

/// <summary>Which tuples a caller may know of, by their ids.</summary>
internal static class TupleScopes
{
    /// <summary>Tells of each of some tuples whether it is there and in scope.</summary>
    public static async Task<Func<string, bool>> VisibleAsync(StoreSnapshot snapshot, RepositoryScope scope, IEnumerable<string> tupleIds)
    {
        if (scope.IsEverything)
        {
            return _ => true;
        }

        IReadOnlyList<TupleRow> tuples = await HandoffQueries.TuplesAsync(snapshot, tupleIds.Distinct());
        HashSet<string> visible = [.. tuples.Where(t => scope.Includes(t.Reference)).Select(t => t.TupleId)];
        return visible.Contains;
    }
}
