namespace ReleaseIntegrity.Storage;

/// <summary>
/// The engines' names, as <see cref="IStore.Engine"/>, the setting <c>Store:Engine</c> and the migration folders spell
/// them.
/// </summary>
public static class StoreEngines
{
    /// <summary>A SQLite file.</summary>
    public const string Sqlite = "sqlite";

    /// <summary>A schema of a SQL Server database.</summary>
    public const string SqlServer = "sqlserver";

    /// <summary>Whichever of two spellings is the engine's.</summary>
    /// <exception cref="NotSupportedException">There is no such engine.</exception>
    public static T Choose<T>(string engine, T sqlite, T sqlServer) => engine switch
    {
        Sqlite => sqlite,
        SqlServer => sqlServer,
        _ => throw new NotSupportedException($"there are no statements for the engine '{engine}'"),
    };
}
