using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>
/// The facts that tie records to tuples (<see cref="Binding"/>), as rows that are only ever added, and the questions
/// that they answer in both directions.
/// </summary>
internal sealed class BindingTables(Policy policy)
{
    private const int KeysPerQuery = 400;

    /// <summary>Tables that are derived from observations, in an order in which they can be emptied.</summary>
    public static readonly IReadOnlyList<string> Derived =
        ["index_child", "bound_repository", "bound_digest", "anchor", "named", "record"];

    // Which tuples a set of records speaks about: by name, by a digest that they anchor themselves or through an index
    // of theirs, or by a repository that is theirs.
    private const string TuplesOfRecords = """
        select tuple_key from named where record_key in @records
        union
        select a.tuple_key
        from bound_digest b
        join anchor a on a.digest = b.digest
        join tuple t on t.tuple_key = a.tuple_key
        where b.record_key in @records and (b.coordinates = '' or b.coordinates = t.coordinates)
        union
        select a.tuple_key
        from bound_digest b
        join index_child c on c.child_digest = b.digest
        join anchor a on a.digest = c.index_digest
        join tuple t on t.tuple_key = a.tuple_key and t.coordinates = c.coordinates
        where b.record_key in @records and (b.coordinates = '' or b.coordinates = c.coordinates)
        union
        select t.tuple_key
        from bound_repository r
        join tuple t on t.coordinates = r.coordinates
        where r.record_key in @records
        """;

    private const string TuplesOfIndex = """
        select a.tuple_key
        from anchor a
        join tuple t on t.tuple_key = a.tuple_key
        where a.digest = @digest and t.coordinates = @coordinates
        """;

    private const string RecordsOfTuple = """
        select r.history
        from record r
        where r.retired = 0 and r.record_key in (
          select record_key from named where tuple_key = @tupleKey
          union
          select record_key from bound_repository where coordinates = @coordinates
          union
          select b.record_key
          from bound_digest b
          where b.coordinates in ('', @coordinates) and b.digest in (
            select digest from anchor where tuple_key = @tupleKey
            union
            select c.child_digest
            from index_child c
            join anchor a on a.digest = c.index_digest
            where c.coordinates = @coordinates and a.tuple_key = @tupleKey))
        """;

    private const string IsAnchored = """
        select count(*) from (
          select a.tuple_key
          from anchor a
          join tuple t on t.tuple_key = a.tuple_key
          where a.digest = @digest and (@coordinates = '' or t.coordinates = @coordinates)
          union
          select a.tuple_key
          from index_child c
          join anchor a on a.digest = c.index_digest
          join tuple t on t.tuple_key = a.tuple_key and t.coordinates = c.coordinates
          where c.child_digest = @digest and (@coordinates = '' or c.coordinates = @coordinates)) as anchoring
        """;

    /// <summary>Notes what one observation binds. Returns the index that it describes, with its repository.</summary>
    public async Task<(string Coordinates, Digest Index)?> BindAsync(
        StoreTransaction transaction, string recordKey, Observation observation)
    {
        foreach (ImageReference tuple in Binding.NamedTuples(observation, policy).Distinct())
        {
            var row = new
            {
                tupleKey = EvidenceKeys.Of(tuple), recordKey, tuple.Registry, tuple.Repository, tuple.Tag, tuple.Coordinates,
            };
            await transaction.ExecuteAsync(
                """
                insert into tuple (tuple_key, registry, repository, tag, coordinates, revision, package_revision)
                select @tupleKey, @Registry, @Repository, @Tag, @Coordinates, 0, 0
                where not exists (select 1 from tuple where tuple_key = @tupleKey)
                """,
                row);
            await transaction.ExecuteAsync(
                """
                insert into named (tuple_key, record_key) select @tupleKey, @recordKey
                where not exists (select 1 from named where tuple_key = @tupleKey and record_key = @recordKey)
                """,
                row);
        }

        foreach ((ImageReference tuple, Digest digest) in Binding.Anchors(observation, policy).Distinct())
        {
            await transaction.ExecuteAsync(
                """
                insert into anchor (tuple_key, digest) select @tupleKey, @digest
                where not exists (select 1 from anchor where tuple_key = @tupleKey and digest = @digest)
                """,
                new { tupleKey = EvidenceKeys.Of(tuple), digest = digest.Text });
        }

        foreach ((string? coordinates, Digest digest) in Binding.BindsBy(observation, policy).Distinct())
        {
            await transaction.ExecuteAsync(
                """
                insert into bound_digest (digest, coordinates, record_key) select @digest, @coordinates, @recordKey
                where not exists (
                  select 1 from bound_digest where digest = @digest and coordinates = @coordinates and record_key = @recordKey)
                """,
                new { digest = digest.Text, coordinates = coordinates ?? "", recordKey });
        }

        return await BindRepositoryAsync(transaction, recordKey, observation);
    }

    /// <summary>The tuples that the records speak about, and those that anchor one of the indexes.</summary>
    public static async Task<HashSet<string>> AffectedAsync(
        StoreSnapshot snapshot, IReadOnlyCollection<string> recordKeys, IEnumerable<(string Coordinates, Digest Index)> indexes)
    {
        var affected = new HashSet<string>(StringComparer.Ordinal);
        foreach (string[] records in recordKeys.Chunk(KeysPerQuery))
        {
            affected.UnionWith(await snapshot.QueryAsync<string>(TuplesOfRecords, new { records }));
        }

        foreach ((string coordinates, Digest index) in indexes)
        {
            affected.UnionWith(await snapshot.QueryAsync<string>(TuplesOfIndex, new { coordinates, digest = index.Text }));
        }

        return affected;
    }

    /// <summary>The records bound to a tuple.</summary>
    public static async Task<IReadOnlyList<RecordHistory>> RecordsOfAsync(StoreSnapshot snapshot, ImageReference tuple)
    {
        IReadOnlyList<string> histories = await snapshot.QueryAsync<string>(
            RecordsOfTuple, new { tupleKey = EvidenceKeys.Of(tuple), coordinates = tuple.Coordinates });
        return [.. histories.Select(StoredEvidence.History)];
    }

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
                "select count(*) from tuple t where t.coordinates = @coordinates and exists (select 1 from named n where n.tuple_key = t.tuple_key)",
                new { coordinates }) > 0;
        }

        foreach ((string? repository, Digest digest) in Binding.BindsBy(observation, policy))
        {
            if (await snapshot.SingleAsync<long>(IsAnchored, new { digest = digest.Text, coordinates = repository ?? "" }) > 0)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<(string Coordinates, Digest Index)?> BindRepositoryAsync(
        StoreTransaction transaction, string recordKey, Observation observation)
    {
        if (Binding.WholeRepository(observation, policy) is { } coordinates)
        {
            await transaction.ExecuteAsync(
                """
                insert into bound_repository (coordinates, record_key) select @coordinates, @recordKey
                where not exists (select 1 from bound_repository where coordinates = @coordinates and record_key = @recordKey)
                """,
                new { coordinates, recordKey });
        }

        if (Binding.IndexOf(observation, policy) is not { } index)
        {
            return null;
        }

        foreach (Digest child in index.Children.Distinct())
        {
            await transaction.ExecuteAsync(
                """
                insert into index_child (coordinates, index_digest, child_digest) select @coordinates, @parent, @child
                where not exists (
                  select 1 from index_child where coordinates = @coordinates and index_digest = @parent and child_digest = @child)
                """,
                new { coordinates = index.Coordinates, parent = index.Index.Text, child = child.Text });
        }

        return (index.Coordinates, index.Index);
    }
}
