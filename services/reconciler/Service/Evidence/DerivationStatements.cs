using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>How what is derived from observations is marked, counted and forgotten, per engine.</summary>
/// <param name="Keep">The mark, which stays as it is until the transaction ends.</param>
/// <param name="Lock">The mark, or that there is none, which nobody else reads to keep before the transaction ends.</param>
internal sealed record DerivationStatements(string Keep, string Lock)
{
    /// <summary>With what the derived tables were made, and until when they are held.</summary>
    public static string Mark { get; } = "select stamp, held_until from derivation";

    public static string ForgetMark { get; } = "delete from derivation";

    public static string SetMark { get; } = "insert into derivation (stamp, held_until) values (@stamp, @heldUntil)";

    public static string Hold { get; } = "update derivation set held_until = @heldUntil where stamp = @stamp";

    /// <summary>How many records there are to derive.</summary>
    public static string CountRecords { get; } = "select count(distinct record_key) from observation";

    /// <summary>How many tuples there are to reconcile.</summary>
    public static string CountTuples { get; } = "select count(*) from tuple";

    public static string GreatestRevision { get; } = "select coalesce(max(revision), 0) from record";

    /// <summary>Empties every table whose rows follow from the observations.</summary>
    public static string ForgetDerived { get; } = """
        delete from index_child;
        delete from bound_repository;
        delete from bound_digest;
        delete from anchor;
        delete from named;
        delete from record;
        """;

    /// <summary>The spelling of an engine.</summary>
    public static DerivationStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    // One writes at a time there.
    private static readonly DerivationStatements Sqlite = new(
        Keep: "select stamp, held_until from derivation",
        Lock: "select stamp, held_until from derivation");

    private static readonly DerivationStatements SqlServer = new(
        Keep: "select stamp, held_until from derivation with (repeatableread)",
        Lock: "select stamp, held_until from derivation with (tablockx, holdlock)");
}
