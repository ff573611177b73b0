using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>
/// What two transactions must not do beside each other. One that stores what is about a digest, and one that anchors the
/// digest, each look for the other; beside each other neither would see it, and the two would never be bound. So both
/// take the digest's lock before they write. The same holds for an index and its children, for a deleted repository and
/// a tuple that is first named in it, and for whatever concerns one tuple. On SQLite writes are serial anyway.
/// </summary>
internal sealed class BindingLocks(string engine)
{
    private readonly BindingStatements _sql = BindingStatements.For(engine);

    /// <summary>The locks of facts that are about to be written.</summary>
    /// <param name="facts">The facts.</param>
    /// <param name="isKnown">Whether a tuple has been named before: then its repository's evidence knows it.</param>
    internal static HashSet<string> Of(BindingFacts facts, Func<string, bool> isKnown) =>
    [
        .. facts.Digests.Select(d => OfDigest(d.Digest)),
        .. facts.Anchors.Select(a => OfDigest(a.Digest)),
        .. facts.Children.SelectMany(c => new[] { OfDigest(c.IndexDigest), OfDigest(c.ChildDigest) }),
        .. facts.Repositories.Select(r => OfRepository(r.RepositoryKey)),
        .. facts.Tuples.Where(t => !isKnown(t.Key)).Select(t => OfRepository(EvidenceKeys.OfRepository(t.Value.Coordinates))),
        .. facts.Tuples.Keys.Select(OfTuple),
    ];

    /// <summary>Takes the locks of facts, before anything of them is written.</summary>
    public async Task TakeAsync(StoreTransaction transaction, BindingFacts facts)
    {
        if (engine == StoreEngines.Sqlite)
        {
            return;
        }

        HashSet<string> known = [.. await transaction.QueryAsync<string>(_sql.KnownTuples, new { tuples = transaction.Keys(facts.Tuples.Keys) })];
        HashSet<string> taken = Of(facts, known.Contains);
        await transaction.LockAsync(taken);

        // Who anchors an index anchors its children, and does not name them.
        IReadOnlyList<string> indexes = await transaction.QueryAsync<string>(
            _sql.IndexesOf, new { digests = transaction.Keys(facts.Digests.Select(d => d.Digest)) });
        await transaction.LockAsync([.. indexes.Select(OfDigest).Except(taken)]);
    }

    /// <summary>Takes the locks of tuples, before their evidence is read to decide on them.</summary>
    public static Task TakeAsync(StoreTransaction transaction, IEnumerable<string> tupleKeys) =>
        transaction.LockAsync([.. tupleKeys.Select(OfTuple)]);

    private static string OfDigest(string digest) => $"digest/{digest}";

    private static string OfRepository(string repositoryKey) => $"repository/{repositoryKey}";

    private static string OfTuple(string tupleKey) => $"tuple/{tupleKey}";
}
