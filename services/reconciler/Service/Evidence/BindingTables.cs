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
    /// <summary>Tables that are derived from observations, in an order in which they can be emptied.</summary>
    public static readonly IReadOnlyList<string> Derived =
        ["index_child", "bound_repository", "bound_digest", "anchor", "named", "record"];

    private readonly BindingStatements _sql = BindingStatements.For(engine);

    // Which tuples a set of records speaks about: by name, by a digest that they anchor themselves or through an index
    // of theirs, or by a repository that is theirs.
    private readonly string _tuplesOfRecords = $"""
        select tuple_key from named where record_key in (select value from {StoreSnapshot.KeysIn(engine, "records")})
        union
        select a.tuple_key
        from bound_digest b
        join anchor a on a.digest = b.digest
        join tuple t on t.tuple_key = a.tuple_key
        where b.record_key in (select value from {StoreSnapshot.KeysIn(engine, "records")})
          and (b.repository_key = '' or b.repository_key = t.repository_key)
        union
        select a.tuple_key
        from bound_digest b
        join index_child c on c.child_digest = b.digest
        join anchor a on a.digest = c.index_digest
        join tuple t on t.tuple_key = a.tuple_key and t.repository_key = c.repository_key
        where b.record_key in (select value from {StoreSnapshot.KeysIn(engine, "records")})
          and (b.repository_key = '' or b.repository_key = c.repository_key)
        union
        select t.tuple_key
        from bound_repository r
        join tuple t on t.repository_key = r.repository_key
        where r.record_key in (select value from {StoreSnapshot.KeysIn(engine, "records")})
        """;

    private readonly string _tuplesOfIndexes = $"""
        select a.tuple_key, t.repository_key, a.digest
        from anchor a
        join tuple t on t.tuple_key = a.tuple_key
        where a.digest in (select value from {StoreSnapshot.KeysIn(engine, "indexes")})
        """;

    private readonly string _recordsOfTuples = $"""
        with asked as (
          select t.tuple_key, t.repository_key from tuple t
          where t.tuple_key in (select value from {StoreSnapshot.KeysIn(engine, "tuples")})),
        anchored as (
          select q.tuple_key, q.repository_key, a.digest
          from asked q
          join anchor a on a.tuple_key = q.tuple_key
          union
          select q.tuple_key, q.repository_key, c.child_digest
          from asked q
          join anchor a on a.tuple_key = q.tuple_key
          join index_child c on c.repository_key = q.repository_key and c.index_digest = a.digest),
        bound as (
          select q.tuple_key, n.record_key from asked q join named n on n.tuple_key = q.tuple_key
          union
          select q.tuple_key, b.record_key from asked q join bound_repository b on b.repository_key = q.repository_key
          union
          select d.tuple_key, b.record_key
          from anchored d
          join bound_digest b on b.digest = d.digest and b.repository_key in ('', d.repository_key))
        select b.tuple_key, b.record_key, r.revision
        from bound b
        join record r on r.record_key = b.record_key
        where r.retired = 0
        """;

    private const string IsAnchored = """
        select count(*) from (
          select a.tuple_key
          from anchor a
          join tuple t on t.tuple_key = a.tuple_key
          where a.digest = @digest and (@repositoryKey = '' or t.repository_key = @repositoryKey)
          union
          select a.tuple_key
          from index_child c
          join anchor a on a.digest = c.index_digest
          join tuple t on t.tuple_key = a.tuple_key and t.repository_key = c.repository_key
          where c.child_digest = @digest and (@repositoryKey = '' or c.repository_key = @repositoryKey)) as anchoring
        """;

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
            affected.UnionWith(await snapshot.QueryAsync<string>(_tuplesOfRecords, new { records = snapshot.Keys(recordKeys) }));
        }

        if (children.Count > 0)
        {
            HashSet<(string, string)> indexes = [.. children.Select(c => (c.RepositoryKey, c.IndexDigest))];
            affected.UnionWith((await snapshot.QueryAsync<AnchoringTuple>(
                    _tuplesOfIndexes, new { indexes = snapshot.Keys(children.Select(c => c.IndexDigest)) }))
                .Where(a => indexes.Contains((a.RepositoryKey, a.Digest)))
                .Select(a => a.TupleKey));
        }

        return affected;
    }

    /// <summary>Which records, retired ones left out, are bound to the tuples, and which revision of them.</summary>
    public Task<IReadOnlyList<BoundRecord>> RecordsOfAsync(StoreSnapshot snapshot, IEnumerable<string> tupleKeys) =>
        snapshot.QueryAsync<BoundRecord>(_recordsOfTuples, new { tuples = snapshot.Keys(tupleKeys) });

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
                "select count(*) from tuple t where t.repository_key = @repositoryKey and exists (select 1 from named n where n.tuple_key = t.tuple_key)",
                new { repositoryKey = EvidenceKeys.OfRepository(coordinates) }) > 0;
        }

        foreach ((string? repository, Digest digest) in Binding.BindsBy(observation, policy))
        {
            if (await snapshot.SingleAsync<long>(IsAnchored, new { digest = digest.Text, repositoryKey = repository is null ? "" : EvidenceKeys.OfRepository(repository) }) > 0)
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
