using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Store;

/// <summary>The SQL that writes packages and their chain, per engine.</summary>
internal sealed record PackageStatements(string Engine)
{
    private const string Known =
        """
            (select d.package_state from decision d where d.decision_no =
                (select max(m.decision_no) from decision m where m.tuple_no = @tupleNo and m.package_revision = @revision
                    and m.kind in ('acknowledge', 'return', 'authorize-repair') and m.state <> 'awaiting-second-person')) as decided,
            (select count(*) from package n where n.tuple_no = @tupleNo and n.revision > @revision) as later,
            (select count(*) from package_end e where e.tuple_no = @tupleNo and e.revision = @revision) as ended,
            (select count(*) from repair r where r.tuple_no = @tupleNo and r.package_revision = @revision and r.state = 'pending') as pending,
            (select count(*) from repair r where r.tuple_no = @tupleNo and r.package_revision = @revision and r.state = 'observed') as observed,
            (select count(*) from repair r where r.tuple_no = @tupleNo and r.package_revision = @revision and r.state = 'diverged') as diverged
        """;

    /// <summary>Raises the store's sequence and returns it.</summary>
    public required string NextSequence { get; init; }

    public string Find { get; } = "select package_id from package where tuple_no = @tupleNo and revision = @Revision";

    public string Predecessor { get; } = "select max(revision) from package where tuple_no = @tupleNo and revision < @revision";

    public string Insert { get; } =
        """
        insert into package (tuple_no, package_id, revision, supersedes, state, content, prepared_at, handed_off_at, release_train, sequence, late)
        values (@tupleNo, @PackageId, @Revision, @Supersedes, @state, @Content, @PreparedAt, @handedOffAt, @ReleaseTrain, @sequence, @late)
        """;

    public string InsertEnd { get; } =
        """
        insert into package_end (tuple_no, revision, closed_at)
        select @tupleNo, @Revision, @ClosedAt
        where not exists (select 1 from package_end where tuple_no = @tupleNo and revision = @Revision)
        """;

    /// <summary>Everything that the state of a package follows from, whether or not it is there.</summary>
    public string Around { get; } = $"select {Known}";

    /// <summary>The same with the package, which is there.</summary>
    public string Standing { get; } = $"select p.package_id, p.state, {Known} from package p where p.tuple_no = @tupleNo and p.revision = @revision";

    public string Restate { get; } =
        """
        update package set state = @state, sequence = @sequence
        where tuple_no = @tupleNo and revision = @revision
        """;

    public static PackageStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private static readonly PackageStatements Sqlite = new(StoreEngines.Sqlite)
    {
        NextSequence = "update handoff set sequence = sequence + 1 returning sequence",
    };

    private static readonly PackageStatements SqlServer = new(StoreEngines.SqlServer)
    {
        NextSequence = "update handoff set sequence = sequence + 1 output inserted.sequence",
    };
}
