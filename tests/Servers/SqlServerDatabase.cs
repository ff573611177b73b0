using System.Text.RegularExpressions;
using Microsoft.Data.SqlClient;
using ReleaseIntegrity.Storage;
using ReleaseIntegrity.Storage.SqlServer;

namespace ReleaseIntegrity.Tests.Servers;

/// <summary>
/// A database that one test has to itself, provisioned by the script that administrators run; dropped at the end.
/// </summary>
public sealed partial class SqlServerDatabase : IAsyncDisposable
{
    private readonly string _administrator;
    private readonly string _name;
    private readonly string _schema;
    private readonly string _password = $"Aa1!{Guid.NewGuid():N}";

    private SqlServerDatabase(string administrator, string schema)
    {
        _administrator = administrator;
        _schema = schema;
        _name = $"release_integrity_{Guid.NewGuid():N}";
    }

    /// <summary>The service's own login.</summary>
    public StoreOptions Options => Login("service");

    /// <summary>The login that migrates.</summary>
    public StoreOptions Migrator => Login("migrator");

    // Logins belong to the server, so that of two tests each has its own: the script takes them from the schema's name.
    private string Prefix => $"{_schema}_{_name[^8..]}";

    internal static async Task<SqlServerDatabase> CreateAsync(string administrator, string schema)
    {
        var database = new SqlServerDatabase(administrator, schema);
        await database.RunAsync("master", $"create database [{database._name}]");
        string script = Provisioning.Script()
            .Replace("$(Schema)_service", database.Prefix + "_service", StringComparison.Ordinal)
            .Replace("$(Schema)_migrator", database.Prefix + "_migrator", StringComparison.Ordinal)
            .Replace("$(Schema)", schema, StringComparison.Ordinal)
            .Replace("$(ServicePassword)", database._password, StringComparison.Ordinal)
            .Replace("$(MigratorPassword)", database._password, StringComparison.Ordinal);
        foreach (string batch in Separator().Split(script).Where(b => !string.IsNullOrWhiteSpace(b)))
        {
            await database.RunAsync(database._name, batch);
        }

        return database;
    }

    /// <summary>Brings the schema up to date, then opens the store as the service does.</summary>
    public async Task<IStore> OpenAsync(params MigrationSet[] migrations)
    {
        await Stores.MigrateAsync(Migrator, migrations);
        return Stores.Open(Options, migrations);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        SqlConnection.ClearAllPools();
        await RunAsync("master", $"alter database [{_name}] set single_user with rollback immediate; drop database [{_name}]");
        await RunAsync("master", $"drop login [{Prefix}_service]; drop login [{Prefix}_migrator]");
    }

    private StoreOptions Login(string role)
    {
        StoreOptions options = StoreOptions.Of(_schema);
        options.Engine = StoreEngines.SqlServer;
        options.Schema = _schema;
        options.ConnectionString = new SqlConnectionStringBuilder(_administrator)
        {
            InitialCatalog = _name,
            UserID = $"{Prefix}_{role}",
            Password = _password,
            IntegratedSecurity = false,
        }.ToString();
        return options;
    }

    private async Task RunAsync(string database, string sql)
    {
        var connectionString = new SqlConnectionStringBuilder(_administrator) { InitialCatalog = database, Pooling = false };
        await using var connection = new SqlConnection(connectionString.ToString());
        await connection.OpenAsync();
        await using SqlCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Names are made here.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.CommandTimeout = 120;
        await command.ExecuteNonQueryAsync();
    }

    [GeneratedRegex(@"^\s*go\s*$", RegexOptions.Multiline)]
    private static partial Regex Separator();
}
