namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>How what is derived from observations is marked and forgotten; engines spell all of it alike.</summary>
internal static class DerivationStatements
{
    /// <summary>What the derived tables were made with.</summary>
    public static string Stamp { get; } = "select stamp from derivation";

    public static string ForgetStamp { get; } = "delete from derivation";

    public static string SetStamp { get; } = "insert into derivation (stamp) values (@stamp)";

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
}
