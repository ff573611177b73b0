namespace ReleaseIntegrity.Reconciling.Evidence;

/// <summary>The statements that engines spell differently; all others stand where they are used.</summary>
internal sealed record EvidenceStatements(string TupleKeyPage, string RecordKeyPage, string ObservedRecordKeyPage)
{
    public static EvidenceStatements For(string engine) => engine switch
    {
        "sqlite" => new(
            "select tuple_key from tuple where tuple_key > @after order by tuple_key limit @limit",
            "select record_key from record where record_key > @after order by record_key limit @limit",
            "select distinct record_key from observation where record_key > @after order by record_key limit @limit"),
        _ => throw new NotSupportedException($"the evidence store has no statements for the engine '{engine}'"),
    };
}
