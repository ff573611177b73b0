using System.Text.Json;
using ReleaseIntegrity.Contracts;
using ReleaseIntegrity.Core;
using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>What is kept of artifact tuples beside their evidence: where their ledgers stand, packages, pins.</summary>
internal sealed class TupleTables(string engine)
{
    private const string Columns =
        "tuple_key, registry, repository, tag, revision, ledger_sha256, holds, on_hold, converging, package_revision, package_id, decision_key";

    private readonly TupleStatements _sql = TupleStatements.For(engine);

    private readonly string _select =
        $"select {Columns} from tuple where tuple_key in (select value from {StoreSnapshot.KeysIn(engine, "tuples")}) order by tuple_key";

    private readonly string _pins = $"""
        select tuple_key, field, sequence, chosen, candidate_set, expires_at, reason
        from pin where tuple_key in (select value from {StoreSnapshot.KeysIn(engine, "tuples")})
        """;

    /// <summary>Those that there are, in the order of their keys.</summary>
    public Task<IReadOnlyList<StoredTuple>> FindAsync(StoreSnapshot snapshot, IEnumerable<string> tupleKeys) =>
        snapshot.QueryAsync<StoredTuple>(_select, new { tuples = snapshot.Keys(tupleKeys) });

    /// <summary>The keys of at most <paramref name="limit"/> tuples after a key, in order.</summary>
    public Task<IReadOnlyList<string>> PageAsync(StoreSnapshot snapshot, string after, int limit) =>
        snapshot.QueryAsync<string>(_sql.Page, new { after, limit });

    /// <summary>The pins on tuples.</summary>
    public async Task<ILookup<string, Pin>> PinsAsync(StoreSnapshot snapshot, IEnumerable<string> tupleKeys) =>
        (await snapshot.QueryAsync<PinRow>(_pins, new { tuples = snapshot.Keys(tupleKeys) })).ToLookup(p => p.TupleKey, p => p.Pin);

    /// <summary>Writes tuples whose revisions are one more than the stored ones.</summary>
    public async Task SaveAsync(StoreTransaction transaction, IReadOnlyCollection<StoredTuple> tuples)
    {
        if (await transaction.ExecuteRowsAsync(_sql.Save, TupleStatements.Tuple, tuples) != tuples.Count)
        {
            throw new StaleRevisionException("an artifact tuple was changed by another writer");
        }
    }

    /// <summary>Appends to chains of packages.</summary>
    public async Task AppendAsync(StoreTransaction transaction, IReadOnlyCollection<ChainedPackage> packages)
    {
        if (await transaction.ExecuteRowsAsync(_sql.Append, TupleStatements.Package, packages) != packages.Count)
        {
            throw new StaleRevisionException("a chain of packages was continued by another writer");
        }
    }

    /// <summary>Marks packages as superseded or closed.</summary>
    public Task CloseAsync(StoreTransaction transaction, IReadOnlyCollection<StoredTuple> tuples, DateTimeOffset at) =>
        transaction.ExecuteRowsAsync(_sql.Close, TupleStatements.OpenPackage, tuples, ("at", at));

    /// <summary>Places a pin, unless it is placed already.</summary>
    public static Task PinAsync(StoreTransaction transaction, ImageReference tuple, Pin pin) =>
        transaction.ExecuteAsync(
            """
            insert into pin (tuple_key, field, sequence, chosen, candidate_set, expires_at, reason)
            select @key, @field, @Sequence, @chosen, @CandidateSet, @ExpiresAt, @Reason
            where not exists (select 1 from pin where tuple_key = @key and field = @field and sequence = @Sequence)
            """,
            new
            {
                key = EvidenceKeys.Of(tuple), field = WireNames.Of(pin.Field), pin.Sequence,
                chosen = JsonSerializer.Serialize(pin.Values), pin.CandidateSet, pin.ExpiresAt, pin.Reason,
            });

    private sealed record PinRow
    {
        public string TupleKey { get; init; } = "";

        public string Field { get; init; } = "";

        public long Sequence { get; init; }

        public string Chosen { get; init; } = "";

        public string CandidateSet { get; init; } = "";

        public DateTimeOffset ExpiresAt { get; init; }

        public string Reason { get; init; } = "";

        public Pin Pin => new(
            WireNames.Parse<Field>(Field), JsonSerializer.Deserialize<string[]>(Chosen)!, CandidateSet, ExpiresAt, Sequence, Reason);
    }
}

/// <summary>How tuples and packages are written, per engine.</summary>
internal sealed record TupleStatements(string Page, string Save, string Append, string Close)
{
    public static readonly RowShape<StoredTuple> Tuple = RowShape.Of<StoredTuple>("ledger_row")
        .Text("tuple_key", 32, t => t.TupleKey)
        .Long("revision", t => t.Revision)
        .Text("ledger_sha256", 64, t => t.LedgerSha256)
        .Text("holds", t => t.Holds)
        .Flag("on_hold", t => t.OnHold)
        .Flag("converging", t => t.Converging)
        .Long("package_revision", t => t.PackageRevision)
        .Text("package_id", 64, t => t.PackageId)
        .Text("decision_key", 64, t => t.DecisionKey);

    public static readonly RowShape<ChainedPackage> Package = RowShape.Of<ChainedPackage>("package_row")
        .Text("tuple_key", 32, p => p.TupleKey)
        .Long("revision", p => p.Revision)
        .Text("package_id", 64, p => p.PackageId)
        .Text("decision_key", 64, p => p.DecisionKey)
        .Text("supersedes", 64, p => p.Supersedes)
        .Instant("prepared_at", p => p.PreparedAt)
        .Bytes("content", p => p.Canonical);

    public static readonly RowShape<StoredTuple> OpenPackage = RowShape.Of<StoredTuple>("open_package_row")
        .Text("tuple_key", 32, t => t.TupleKey)
        .Long("revision", t => t.PackageRevision);

    /// <summary>The spelling of an engine.</summary>
    public static TupleStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private static readonly TupleStatements Sqlite = new(
        Page: "select tuple_key from tuple where tuple_key > @after order by tuple_key limit @limit",
        Save: """
            update tuple set
              revision = @revision, ledger_sha256 = @ledger_sha256, holds = @holds, on_hold = @on_hold, converging = @converging,
              package_revision = @package_revision, package_id = @package_id, decision_key = @decision_key
            where tuple_key = @tuple_key and revision = @revision - 1
            """,
        Append: """
            insert into package (tuple_key, revision, package_id, decision_key, supersedes, prepared_at, content)
            values (@tuple_key, @revision, @package_id, @decision_key, @supersedes, @prepared_at, @content)
            on conflict do nothing
            """,
        Close: "update package set closed_at = @at where tuple_key = @tuple_key and revision = @revision and closed_at is null");

    private static readonly TupleStatements SqlServer = new(
        Page: "select top (@limit) tuple_key from tuple where tuple_key > @after order by tuple_key",
        Save: """
            update tuple set
              revision = r.revision, ledger_sha256 = r.ledger_sha256, holds = r.holds, on_hold = r.on_hold, converging = r.converging,
              package_revision = r.package_revision, package_id = r.package_id, decision_key = r.decision_key
            from @rows r
            where tuple.tuple_key = r.tuple_key and tuple.revision = r.revision - 1
            """,
        Append: """
            insert into package (tuple_key, revision, package_id, decision_key, supersedes, prepared_at, content)
            select r.tuple_key, r.revision, r.package_id, r.decision_key, r.supersedes, r.prepared_at, r.content from @rows r
            where not exists (select 1 from package p where p.tuple_key = r.tuple_key and p.revision = r.revision)
            """,
        Close: """
            update package set closed_at = @at
            from @rows r
            where package.tuple_key = r.tuple_key and package.revision = r.revision and package.closed_at is null
            """);
}
