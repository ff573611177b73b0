using ReleaseIntegrity.Storage;

namespace ReleaseIntegrity.Reconciling.Folding;

/// <summary>The quarantine's SQL, per engine.</summary>
internal sealed record QuarantineStatements(string Engine)
{
    public required string List { get; init; }

    public string Insert { get; } =
        "insert into quarantine (message_id, body, reason, attempts, failed_at) values (@Id, @body, @reason, 1, @now)";

    public string Load { get; } = "select body, attempts from quarantine where message_id = @Key";

    public string Delete { get; } = "delete from quarantine where message_id = @Key";

    public string PutOff { get; } =
        "update quarantine set attempts = attempts + 1, failed_at = @now, reason = @reason where message_id = @Key";

    public static QuarantineStatements For(string engine) => StoreEngines.Choose(engine, Sqlite, SqlServer);

    private const string Listed = "message_id, reason, attempts, failed_at from quarantine order by failed_at, message_id";

    private static readonly QuarantineStatements Sqlite = new(StoreEngines.Sqlite)
    {
        List = $"select {Listed} limit @limit",
    };

    private static readonly QuarantineStatements SqlServer = new(StoreEngines.SqlServer)
    {
        List = $"select top (@limit) {Listed}",
    };
}
