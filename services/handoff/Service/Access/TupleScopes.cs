using System.Collections.Concurrent;
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

/// <summary>The same for one long call, which asks for each tuple once.</summary>
internal sealed class VisibleTuples(HandoffStore store, RepositoryScope scope)
{
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>Whether a tuple is in scope.</summary>
    public async ValueTask<bool> IncludeAsync(string tupleId, CancellationToken cancellationToken)
    {
        if (scope.IsEverything || _known.TryGetValue(tupleId, out bool visible))
        {
            return scope.IsEverything || _known[tupleId];
        }

        visible = await store.ReadAsync(
            async s => (await TupleScopes.VisibleAsync(s, scope, [tupleId]))(tupleId), cancellationToken);
        return _known.GetOrAdd(tupleId, visible);
    }
}
