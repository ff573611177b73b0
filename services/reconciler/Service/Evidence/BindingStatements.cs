using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>How binding facts are written: rows that are only ever added, and only where they are new.</summary>
internal sealed record BindingStatements(
    string AddTuples, string AddNamed, string AddAnchors, string AddDigests, string AddRepositories, string AddChildren)
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

    /// <summary>The spelling of an engine.</summary>
    public static BindingStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private static readonly BindingStatements Sqlite = new(
        AddTuples: """
            insert into tuple (tuple_key, registry, repository, tag, repository_key, revision, package_revision)
            values (@tuple_key, @registry, @repository, @tag, @repository_key, 0, 0) on conflict do nothing
            """,
        AddNamed: "insert into named (tuple_key, record_key) values (@tuple_key, @record_key) on conflict do nothing",
        AddAnchors: "insert into anchor (tuple_key, digest) values (@tuple_key, @digest) on conflict do nothing",
        AddDigests: """
            insert into bound_digest (digest, repository_key, record_key) values (@digest, @repository_key, @record_key)
            on conflict do nothing
            """,
        AddRepositories: """
            insert into bound_repository (repository_key, record_key) values (@repository_key, @record_key) on conflict do nothing
            """,
        AddChildren: """
            insert into index_child (repository_key, index_digest, child_digest)
            values (@repository_key, @index_digest, @child_digest) on conflict do nothing
            """);

    private static readonly BindingStatements SqlServer = new(
        AddTuples: """
            insert into tuple (tuple_key, registry, repository, tag, repository_key, revision, package_revision)
            select r.tuple_key, r.registry, r.repository, r.tag, r.repository_key, 0, 0 from @rows r
            where not exists (select 1 from tuple t where t.tuple_key = r.tuple_key)
            """,
        AddNamed: """
            insert into named (tuple_key, record_key) select r.tuple_key, r.record_key from @rows r
            where not exists (select 1 from named n where n.tuple_key = r.tuple_key and n.record_key = r.record_key)
            """,
        AddAnchors: """
            insert into anchor (tuple_key, digest) select r.tuple_key, r.digest from @rows r
            where not exists (select 1 from anchor a where a.tuple_key = r.tuple_key and a.digest = r.digest)
            """,
        AddDigests: """
            insert into bound_digest (digest, repository_key, record_key) select r.digest, r.repository_key, r.record_key from @rows r
            where not exists (
              select 1 from bound_digest b
              where b.digest = r.digest and b.repository_key = r.repository_key and b.record_key = r.record_key)
            """,
        AddRepositories: """
            insert into bound_repository (repository_key, record_key) select r.repository_key, r.record_key from @rows r
            where not exists (
              select 1 from bound_repository b where b.repository_key = r.repository_key and b.record_key = r.record_key)
            """,
        AddChildren: """
            insert into index_child (repository_key, index_digest, child_digest)
            select r.repository_key, r.index_digest, r.child_digest from @rows r
            where not exists (
              select 1 from index_child c
              where c.repository_key = r.repository_key and c.index_digest = r.index_digest and c.child_digest = r.child_digest)
            """);
}
