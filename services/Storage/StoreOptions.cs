using Microsoft.Data.SqlClient;

namespace ReleaseIntegrity.Storage;

/// <summary>
/// Where a service keeps its state; the configuration section is <c>Store</c>. Which members count depends on
/// <see cref="Engine"/>. Checked at start, with a fix that can be pasted for everything that is refused.
/// </summary>
public sealed class StoreOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Store";

    /// <summary><c>sqlite</c> or <c>sqlserver</c>. Default <c>sqlite</c>.</summary>
    public string Engine { get; set; } = StoreEngines.Sqlite;

    /// <summary>SQLite: folder of the database, made where it is missing. Default <c>data</c>.</summary>
    public string DataFolder { get; set; } = "data";

    /// <summary>SQLite: name of the database file in that folder. Default: the service's name and <c>.db</c>.</summary>
    public string FileName { get; set; } = "";

    /// <summary>
    /// SQLite: whether several processes of this machine use the file at once. Default false: then one process alone
    /// opens it, and a second one is refused. The folder must be on a local disk.
    /// </summary>
    public bool Shared { get; set; }

    /// <summary>SQL Server: the connection string, with the service's own login. Never logged.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// SQL Server: the service's own schema, which must be the default schema of its user. Default: the service's name
    /// with underscores.
    /// </summary>
    public string Schema { get; set; } = "";

    /// <summary>
    /// Whether the schema is brought up to date at start. Default: on SQLite yes; on SQL Server no, because the
    /// service's login may not change its schema: the command <c>migrate</c> does it with another login.
    /// </summary>
    public bool? MigrateAtStart { get; set; }

    /// <summary>
    /// How long a statement waits, in seconds: on SQLite for another process that writes, on SQL Server for its result.
    /// Default 15.
    /// </summary>
    public int TimeoutSeconds { get; set; } = 15;

    /// <summary>The database file of <see cref="DataFolder"/> and <see cref="FileName"/>.</summary>
    public string Path => System.IO.Path.Combine(DataFolder, FileName);

    /// <summary>The defaults of one service: its own file and schema.</summary>
    /// <param name="service">Its name: lower-case letters, digits and hyphens.</param>
    public static StoreOptions Of(string service) =>
        new() { FileName = service + ".db", Schema = service.Replace('-', '_') };

    /// <summary>What can not work, each with what to write instead; empty where all is well. Quotes no secret.</summary>
    public IReadOnlyList<string> Refusals() => Engine switch
    {
        StoreEngines.Sqlite => [.. SqliteRefusals(), .. TimeoutRefusals()],
        StoreEngines.SqlServer => [.. SqlServerRefusals(), .. TimeoutRefusals()],
        _ =>
        [
            $"{Section}:Engine is neither '{StoreEngines.Sqlite}' nor '{StoreEngines.SqlServer}'; write: \"{Section}\": {{ \"Engine\": \"{StoreEngines.Sqlite}\" }}",
        ],
    };

    private IEnumerable<string> SqliteRefusals()
    {
        if (string.IsNullOrWhiteSpace(DataFolder))
        {
            yield return $"{Section}:DataFolder is empty; write for example: \"{Section}\": {{ \"DataFolder\": \"data\" }}";
        }

        if (string.IsNullOrWhiteSpace(FileName) || FileName != System.IO.Path.GetFileName(FileName))
        {
            yield return $"{Section}:FileName must be a file's name without a folder; write for example: \"{Section}\": {{ \"FileName\": \"service.db\" }}";
        }

        if (ConnectionString.Length > 0)
        {
            yield return $"{Section}:ConnectionString is set, but the engine is '{StoreEngines.Sqlite}'; remove it, or write: \"{Section}\": {{ \"Engine\": \"{StoreEngines.SqlServer}\" }}";
        }
    }

    private IEnumerable<string> SqlServerRefusals()
    {
        if (string.IsNullOrWhiteSpace(ConnectionString))
        {
            yield return $"{Section}:ConnectionString is missing; write for example: \"{Section}\": {{ \"ConnectionString\": \"Server=sql.example.com;Database=release_integrity;User ID=…;Password=…;Encrypt=True\" }}";
        }

        else if (!IsReadable(ConnectionString))
        {
            yield return $"{Section}:ConnectionString can not be read: it has a keyword that SQL Server's client does not know, or a value of the wrong kind; see the 'ConnectionString' of SqlConnection";
        }

        if (!IsName(Schema))
        {
            yield return $"{Section}:Schema must have lower-case letters, digits and underscores, and start with a letter; write for example: \"{Section}\": {{ \"Schema\": \"reconciler\" }}";
        }

        if (Shared)
        {
            yield return $"{Section}:Shared is for SQLite files; SQL Server always serves several processes: remove it";
        }
    }

    private IEnumerable<string> TimeoutRefusals()
    {
        if (TimeoutSeconds is < 1 or > 600)
        {
            yield return $"{Section}:TimeoutSeconds must be from 1 to 600; remove it to get the default";
        }
    }

    private static bool IsReadable(string connectionString)
    {
        try
        {
            _ = new SqlConnectionStringBuilder(connectionString);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            return false;
        }
    }

    private static bool IsName(string schema) =>
        schema.Length is > 0 and <= 100
        && char.IsAsciiLetterLower(schema[0])
        && schema.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');

    /// <summary>The same store for one that only looks, beside a process that serves it: nothing is migrated.</summary>
    public StoreOptions AsGuest() => new()
    {
        Engine = Engine,
        DataFolder = DataFolder,
        FileName = FileName,
        Shared = Engine == StoreEngines.Sqlite,
        ConnectionString = ConnectionString,
        Schema = Schema,
        TimeoutSeconds = TimeoutSeconds,
        MigrateAtStart = false,
    };
}
