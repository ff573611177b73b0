using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>
/// The facts that tie records to tuples (<see cref="Binding"/>), as rows that are only ever added, and the questions
/// that they answer in both directions.
/// </summary>
internal sealed class BindingTables(string engine, Policy policy)
{
    private readonly BindingStatements _sql = BindingStatements.For(engine);

    /// <summary>Writes the facts that are new.</summary>
    public async Task AddAsync(StoreTransaction transaction, BindingFacts facts)
    {
        await transaction.ExecuteRowsAsync(_sql.AddTuples, BindingStatements.Tuple, facts.Tuples);
        await transaction.ExecuteRowsAsync(_sql.AddNamed, BindingStatements.Named, facts.Named);
        await transaction.ExecuteRowsAsync(_sql.AddAnchors, BindingStatements.Anchor, facts.Anchors);
        await transaction.ExecuteRowsAsync(_sql.AddDigests, BindingStatements.Digest, facts.Digests);
        await transaction.ExecuteRowsAsync(_sql.AddRepositories, BindingStatements.Repository, facts.Repositories);
        await transaction.ExecuteRowsAsync(_sql.AddChildren, BindingStatements.Child, facts.Children);
    }

    /// <summary>The tuples that the records speak about, and those that anchor one of the indexes.</summary>
    public async Task<HashSet<string>> AffectedAsync(
        StoreSnapshot snapshot, IReadOnlyCollection<string> recordKeys, IReadOnlyCollection<IndexChildRow> children)
    {
        var affected = new HashSet<string>(StringComparer.Ordinal);
        if (recordKeys.Count > 0)
        {
            affected.UnionWith(await snapshot.QueryAsync<string>(_sql.TuplesOfRecords, new { records = snapshot.Keys(recordKeys) }));
        }

        if (children.Count > 0)
        {
            HashSet<(string, string)> indexes = [.. children.Select(c => (c.RepositoryKey, c.IndexDigest))];
            affected.UnionWith((await snapshot.QueryAsync<AnchoringTuple>(
                    _sql.TuplesOfIndexes, new { indexes = snapshot.Keys(children.Select(c => c.IndexDigest)) }))
                .Where(a => indexes.Contains((a.RepositoryKey, a.Digest)))
                .Select(a => a.TupleKey));
        }

        return affected;
    }

    /// <summary>Which records, retired ones left out, are bound to the tuples, and which revision of them.</summary>
    public Task<IReadOnlyList<BoundRecord>> RecordsOfAsync(StoreSnapshot snapshot, IEnumerable<string> tupleKeys) =>
        snapshot.QueryAsync<BoundRecord>(_sql.RecordsOfTuples, new { tuples = snapshot.Keys(tupleKeys) });

    /// <summary>Whether anything binds the observation to a tuple (<see cref="EvidenceBase.IsBound"/>).</summary>
    public async Task<bool> IsBoundAsync(StoreSnapshot snapshot, Observation observation)
    {
        if (Binding.NamedTuples(observation, policy).Any())
        {
            return true;
        }

        if (Binding.WholeRepository(observation, policy) is { } coordinates)
        {
            return await snapshot.SingleAsync<long>(
                _sql.IsRepositoryNamed, new { repositoryKey = EvidenceKeys.OfRepository(coordinates) }) > 0;
        }

        foreach ((string? repository, Digest digest) in Binding.BindsBy(observation, policy))
        {
            if (await snapshot.SingleAsync<long>(_sql.IsAnchored, new { digest = digest.Text, repositoryKey = repository is null ? "" : EvidenceKeys.OfRepository(repository) }) > 0)
            {
                return true;
            }
        }

        return false;
    }

    private sealed record AnchoringTuple
    {
        public string TupleKey { get; init; } = "";

        public string RepositoryKey { get; init; } = "";

        public string Digest { get; init; } = "";
    }
}

/// <summary>A record that is bound to a tuple.</summary>
internal sealed record BoundRecord
{
    public string TupleKey { get; init; } = "";

    public string RecordKey { get; init; } = "";

    public long Revision { get; init; }
}
