using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>
/// How binding facts are written, rows that are only ever added and only where they are new, and the questions that they
/// answer in both directions.
/// </summary>
internal sealed record BindingStatements(string Engine)
{
    public static readonly RowShape<KeyValuePair<string, ImageReference>> Tuple =
        RowShape.Of<KeyValuePair<string, ImageReference>>("tuple_row")
            .Text("tuple_key", 32, t => t.Key)
            .Text("registry", t => t.Value.Registry)
            .Text("repository", t => t.Value.Repository)
            .Text("tag", 128, t => t.Value.Tag)
            .Text("repository_key", 32, t => EvidenceKeys.OfRepository(t.Value.Coordinates));

    public static readonly RowShape<NamedRow> Named = RowShape.Of<NamedRow>("named_row")
        .Text("tuple_key", 32, r => r.TupleKey)
        .Text("record_key", 32, r => r.RecordKey);

    public static readonly RowShape<AnchorRow> Anchor = RowShape.Of<AnchorRow>("anchor_row")
        .Text("tuple_key", 32, r => r.TupleKey)
        .Text("digest", 135, r => r.Digest);

    public static readonly RowShape<BoundDigestRow> Digest = RowShape.Of<BoundDigestRow>("bound_digest_row")
        .Text("digest", 135, r => r.Digest)
        .Text("repository_key", 32, r => r.RepositoryKey)
        .Text("record_key", 32, r => r.RecordKey);

    public static readonly RowShape<BoundRepositoryRow> Repository = RowShape.Of<BoundRepositoryRow>("bound_repository_row")
        .Text("repository_key", 32, r => r.RepositoryKey)
        .Text("record_key", 32, r => r.RecordKey);

    public static readonly RowShape<IndexChildRow> Child = RowShape.Of<IndexChildRow>("index_child_row")
        .Text("repository_key", 32, r => r.RepositoryKey)
        .Text("index_digest", 135, r => r.IndexDigest)
        .Text("child_digest", 135, r => r.ChildDigest);

    public required string AddTuples { get; init; }

    public required string AddNamed { get; init; }

    public required string AddAnchors { get; init; }

    public required string AddDigests { get; init; }

    public required string AddRepositories { get; init; }

    public required string AddChildren { get; init; }

    /// <summary>
    /// Which tuples a set of records speaks about: by name, by a digest that they anchor themselves or through an index of
    /// theirs, or by a repository that is theirs.
    /// </summary>
    public string TuplesOfRecords { get; } = $"""
        select tuple_key from named where record_key in (select value from {StoreSnapshot.KeysIn(Engine, "records")})
        union
        select a.tuple_key
        from bound_digest b
        join anchor a on a.digest = b.digest
        join tuple t on t.tuple_key = a.tuple_key
        where b.record_key in (select value from {StoreSnapshot.KeysIn(Engine, "records")})
          and (b.repository_key = '' or b.repository_key = t.repository_key)
        union
        select a.tuple_key
        from bound_digest b
        join index_child c on c.child_digest = b.digest
        join anchor a on a.digest = c.index_digest
        join tuple t on t.tuple_key = a.tuple_key and t.repository_key = c.repository_key
        where b.record_key in (select value from {StoreSnapshot.KeysIn(Engine, "records")})
          and (b.repository_key = '' or b.repository_key = c.repository_key)
        union
        select t.tuple_key
        from bound_repository r
        join tuple t on t.repository_key = r.repository_key
        where r.record_key in (select value from {StoreSnapshot.KeysIn(Engine, "records")})
        """;

    /// <summary>Which tuples anchor one of the indexes.</summary>
    public string TuplesOfIndexes { get; } = $"""
        select a.tuple_key, t.repository_key, a.digest
        from anchor a
        join tuple t on t.tuple_key = a.tuple_key
        where a.digest in (select value from {StoreSnapshot.KeysIn(Engine, "indexes")})
        """;

    /// <summary>Which records, retired ones left out, are bound to the tuples.</summary>
    public string RecordsOfTuples { get; } = $"""
        with asked as (
          select t.tuple_key, t.repository_key from tuple t
          where t.tuple_key in (select value from {StoreSnapshot.KeysIn(Engine, "tuples")})),
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
        select bound.tuple_key, bound.record_key, r.revision
        from bound
        join record r on r.record_key = bound.record_key
        where r.retired = 0
        """;

    public string IsAnchored { get; } = """
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

    public string IsRepositoryNamed { get; } = """
        select count(*) from tuple t
        where t.repository_key = @repositoryKey and exists (select 1 from named n where n.tuple_key = t.tuple_key)
        """;

    /// <summary>Those of the tuples that have been named before.</summary>
    public string KnownTuples { get; } =
        $"select tuple_key from tuple where tuple_key in (select value from {StoreSnapshot.KeysIn(Engine, "tuples")})";

    /// <summary>The indexes that have one of the digests as a child.</summary>
    public string IndexesOf { get; } =
        $"select distinct index_digest from index_child where child_digest in (select value from {StoreSnapshot.KeysIn(Engine, "digests")})";

    /// <summary>The spelling of an engine.</summary>
    public static BindingStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private static readonly BindingStatements Sqlite = new(StoreEngines.Sqlite)
    {
        AddTuples = """
            insert into tuple (tuple_key, registry, repository, tag, repository_key, revision, package_revision)
            values (@tuple_key, @registry, @repository, @tag, @repository_key, 0, 0) on conflict do nothing
            """,
        AddNamed = "insert into named (tuple_key, record_key) values (@tuple_key, @record_key) on conflict do nothing",
        AddAnchors = "insert into anchor (tuple_key, digest) values (@tuple_key, @digest) on conflict do nothing",
        AddDigests = """
            insert into bound_digest (digest, repository_key, record_key) values (@digest, @repository_key, @record_key)
            on conflict do nothing
            """,
        AddRepositories = """
            insert into bound_repository (repository_key, record_key) values (@repository_key, @record_key) on conflict do nothing
            """,
        AddChildren = """
            insert into index_child (repository_key, index_digest, child_digest)
            values (@repository_key, @index_digest, @child_digest) on conflict do nothing
            """,
    };

    private static readonly BindingStatements SqlServer = new(StoreEngines.SqlServer)
    {
        AddTuples = """
            insert into tuple (tuple_key, registry, repository, tag, repository_key, revision, package_revision)
            select r.tuple_key, r.registry, r.repository, r.tag, r.repository_key, 0, 0 from @rows r
            where not exists (select 1 from tuple t where t.tuple_key = r.tuple_key)
            """,
        AddNamed = """
            insert into named (tuple_key, record_key) select r.tuple_key, r.record_key from @rows r
            where not exists (select 1 from named n where n.tuple_key = r.tuple_key and n.record_key = r.record_key)
            """,
        AddAnchors = """
            insert into anchor (tuple_key, digest) select r.tuple_key, r.digest from @rows r
            where not exists (select 1 from anchor a where a.tuple_key = r.tuple_key and a.digest = r.digest)
            """,
        AddDigests = """
            insert into bound_digest (digest, repository_key, record_key) select r.digest, r.repository_key, r.record_key from @rows r
            where not exists (
              select 1 from bound_digest b
              where b.digest = r.digest and b.repository_key = r.repository_key and b.record_key = r.record_key)
            """,
        AddRepositories = """
            insert into bound_repository (repository_key, record_key) select r.repository_key, r.record_key from @rows r
            where not exists (
              select 1 from bound_repository b where b.repository_key = r.repository_key and b.record_key = r.record_key)
            """,
        AddChildren = """
            insert into index_child (repository_key, index_digest, child_digest)
            select r.repository_key, r.index_digest, r.child_digest from @rows r
            where not exists (
              select 1 from index_child c
              where c.repository_key = r.repository_key and c.index_digest = r.index_digest and c.child_digest = r.child_digest)
            """,
    };
}
