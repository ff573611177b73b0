using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Handoff.Store;

/// <summary>
/// The SQL of lists of packages, per engine. A page is found in one index that begins with what is filtered by and goes on with
/// the place in the list; only then are its rows read, without content.
/// </summary>
internal sealed record PackageListStatements(string Engine)
{
    /// <summary>Lists of their own in the table of places. Storage format: version with care.</summary>
    internal const string OfRepository = "repository";
    internal const string OfReason = "hold-reason";

    /// <summary>The unmasked contents of some packages.</summary>
    public string Contents { get; } =
        $"select package_no, content from package where package_no in (select value from {StoreSnapshot.KeysIn(Engine, "numbers")})";

    /// <summary>Puts a package into its lists.</summary>
    public string InsertPlaces { get; } =
        $"""
        insert into package_place (list, value, prepared_at, package_no)
        select '{OfReason}', k.value, p.prepared_at, p.package_no from {StoreSnapshot.KeysIn(Engine, "reasons")} k cross join package p
        where p.tuple_no = @tupleNo and p.revision = @Revision
        union all
        select '{OfRepository}', t.repository_token, p.prepared_at, p.package_no from package p join tuple t on t.tuple_no = p.tuple_no
        where p.tuple_no = @tupleNo and p.revision = @Revision
        """;

    /// <summary>Takes all packages out of the lists of repositories, whose tokens have changed.</summary>
    public string DeleteOfRepositories { get; } = $"delete from package_place where list = '{OfRepository}'";

    /// <summary>Puts all packages into the lists of their repositories.</summary>
    public string InsertOfRepositories { get; } =
        $"""
        insert into package_place (list, value, prepared_at, package_no)
        select '{OfRepository}', t.repository_token, p.prepared_at, p.package_no from package p join tuple t on t.tuple_no = p.tuple_no
        """;

    /// <summary>The package that a name means: the last of a tuple, the last with an id, or one revision; without content.</summary>
    public string Head(string? packageId, long? revision) =>
        $"""
        select {HandoffStatements.PackageHead}
        from package p join tuple t on t.tuple_no = p.tuple_no
        where t.tuple_id = @tupleId
        {If(packageId, "and p.package_id = @packageId")}
        {If(revision, "and p.revision = @revision")}
        order by p.revision desc {Limit}
        """;

    private string Limit => StoreEngines.Choose(Engine, "limit @limit", "offset 0 rows fetch next @limit rows only");

    public static PackageListStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    /// <summary>Packages after a place, in the filter's order.</summary>
    public string Page(PackageFilter filter)
    {
        string order = filter.Ascending ? "asc" : "desc";
        string list = filter.HoldReason is not null ? OfReason : OfRepository;
        bool placed = filter.HoldReason is not null || filter.RepositoryToken is not null;
        bool among = placed && filter.HoldReason is not null && filter.RepositoryToken is not null;
        bool ofTuples = filter.Coordinates is not null || among;

        // The order of joins is meant: SQLite keeps that of cross joins.
        string package = placed ? "q" : "o";
        string from = (placed ? "package_place o cross join package q" : "package o") + (ofTuples ? " cross join tuple s" : "");
        return $"""
            select {HandoffStatements.PackageHead}
            from (
                select o.package_no
                from {from}
                where {After(filter.Ascending)}
                {(placed ? $"and o.list = '{list}' and o.value = {(filter.HoldReason is not null ? "@HoldReason" : "@RepositoryToken")} and q.package_no = o.package_no" : "")}
                {(ofTuples ? $"and s.tuple_no = {package}.tuple_no" : "")}
                {(among ? "and s.repository_token = @RepositoryToken" : "")}
                {If(filter.Coordinates, $"and {HandoffStatements.InScope(Engine, "s")}")}
                {If(filter.TupleId, $"and {package}.tuple_no = (select u.tuple_no from tuple u where u.tuple_id = @TupleId)")}
                {If(filter.State, $"and {package}.state = @State")}
                {If(filter.ReleaseTrain, $"and {package}.release_train = @ReleaseTrain")}
                {If(filter.Ascending ? filter.PreparedBefore : null, "and o.prepared_at < @PreparedBefore")}
                {If(filter.Ascending ? null : filter.PreparedFrom, "and o.prepared_at >= @PreparedFrom")}
                order by o.prepared_at {order}, o.package_no {order} {Limit}
            ) k
            join package p on p.package_no = k.package_no
            join tuple t on t.tuple_no = p.tuple_no
            order by p.prepared_at {order}, p.package_no {order}
            """;
    }

    /// <summary>The lists without and with every filter, for the check of all statements.</summary>
    internal IEnumerable<(string Name, string Sql)> Variants() =>
    [
        .. Single().Select(v => (v.Name, Page(v.Filter))),
        ("Packages filtered", Page(new PackageFilter
        {
            TupleId = "", RepositoryToken = "", State = "", HoldReason = "", ReleaseTrain = "", Coordinates = [],
            PreparedFrom = default(DateTimeOffset), PreparedBefore = default(DateTimeOffset),
        })),
        ("Packages in scope", Page(new PackageFilter { Coordinates = [] })),
        ("Head", Head(null, null)),
        ("Head of a revision", Head("", 1)),
    ];

    /// <summary>The filters of which each is one seek.</summary>
    internal static IEnumerable<(string Name, PackageFilter Filter)> Single() =>
    [
        ("Packages", new PackageFilter()),
        ("Packages oldest first", new PackageFilter { Ascending = true }),
        ("Packages of a repository", new PackageFilter { RepositoryToken = "" }),
        ("Packages of a repository, oldest first", new PackageFilter { RepositoryToken = "", Ascending = true }),
        ("Packages of a train", new PackageFilter { ReleaseTrain = "" }),
        ("Packages of a state", new PackageFilter { State = "" }),
        ("Packages of a reason", new PackageFilter { HoldReason = "" }),
        ("Packages of a tuple", new PackageFilter { TupleId = "" }),
        ("Packages of an age", new PackageFilter { PreparedFrom = default(DateTimeOffset), PreparedBefore = default(DateTimeOffset) }),
        ("Packages of an age, oldest first", new PackageFilter { PreparedFrom = default(DateTimeOffset), PreparedBefore = default(DateTimeOffset), Ascending = true }),
    ];

    /// <summary>SQLite seeks to a pair, or to its first part; SQL Server has no pairs.</summary>
    private string After(bool ascending)
    {
        char beyond = ascending ? '>' : '<';
        return StoreEngines.Choose(
            Engine,
            $"(o.prepared_at, o.package_no) {beyond} (@PreparedAt, @PackageNo)",
            $"o.prepared_at {beyond}= @PreparedAt and (o.prepared_at {beyond} @PreparedAt or o.package_no {beyond} @PackageNo)");
    }

    private static string If(object? filter, string condition) => filter is null ? "" : condition;

    private static readonly PackageListStatements Sqlite = new(StoreEngines.Sqlite);

    private static readonly PackageListStatements SqlServer = new(StoreEngines.SqlServer);
}
