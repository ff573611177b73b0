using System.Collections.Concurrent;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Handoff.Access;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Store;

/// <summary>
/// The repositories of all tuples, kept in memory and completed whenever they are asked for, so that a caller's patterns become
/// names that a query can hold tuples against. Safe for concurrent use.
/// </summary>
internal sealed class RepositoryNames
{
    /// <summary>Transactions get the numbers of their tuples before they commit: the last ones are looked at again.</summary>
    private const long Overlap = 200;

    private readonly ConcurrentDictionary<string, ImageReference> _known = new(StringComparer.Ordinal);
    private long _last;

    /// <summary>Registry and path of each repository in a scope; null where all are.</summary>
    public async Task<IReadOnlyCollection<string>?> InAsync(StoreSnapshot snapshot, RepositoryScope scope)
    {
        if (scope.IsEverything)
        {
            return null;
        }

        foreach (TupleRow row in await HandoffQueries.RepositoriesAsync(snapshot, Volatile.Read(ref _last) - Overlap))
        {
            var name = new ImageReference(row.Registry, row.Repository, null);
            _known.TryAdd(name.Coordinates, name);
            InterlockedMax(row.TupleNo);
        }

        return [.. _known.Where(r => scope.Includes(r.Value)).Select(r => r.Key)];
    }

    private void InterlockedMax(long number)
    {
        for (long last = Volatile.Read(ref _last); last < number;)
        {
            last = Interlocked.CompareExchange(ref _last, number, last) is var found && found == last ? number : found;
        }
    }
}
