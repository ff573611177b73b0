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
        try
        {
            await database.ProvisionAsync();
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
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
        await RunAsync("master", $"if suser_id('{Prefix}_service') is not null drop login [{Prefix}_service]; if suser_id('{Prefix}_migrator') is not null drop login [{Prefix}_migrator];");
    }

    /// <summary>
    /// Holds every table of the schema against writers, as an administrator who forgot a transaction does, until it is
    /// disposed of.
    /// </summary>
    public async Task<IAsyncDisposable> LockAsync()
    {
        var connection = new SqlConnection(new SqlConnectionStringBuilder(_administrator) { InitialCatalog = _name, Pooling = false }.ToString());
        await connection.OpenAsync();
        await using SqlCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The name is made here.
        command.CommandText = $"""
            declare @locks nvarchar(max) = (
              select string_agg(cast(concat(N'if exists (select 1 from ', quotename(schema_name(schema_id)), N'.', quotename(name), N' with (tablockx, holdlock)) set nocount on;') as nvarchar(max)), N' ')
              from sys.tables where schema_id = schema_id(N'{_schema}'));
            begin transaction;
            exec (@locks);
            """;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private async Task ProvisionAsync()
    {
        string script = Provisioning.Script()
            .Replace("$(Schema)_service", Prefix + "_service", StringComparison.Ordinal)
            .Replace("$(Schema)_migrator", Prefix + "_migrator", StringComparison.Ordinal)
            .Replace("$(Schema)", _schema, StringComparison.Ordinal)
            .Replace("$(ServicePassword)", _password, StringComparison.Ordinal)
            .Replace("$(MigratorPassword)", _password, StringComparison.Ordinal);
        foreach (string batch in Separator().Split(script).Where(b => !string.IsNullOrWhiteSpace(b)))
        {
            await RunAsync(_name, batch);
        }
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
